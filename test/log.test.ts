import { expect, test } from 'vitest';
import { createLog } from '../src/log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): { line: string; entry: Record<string, unknown> } {
  const lines: string[] = [];
  const log = createLog('info', { write: (line: string) => lines.push(line) });
  write(log);
  expect(lines).toHaveLength(1);
  const line = lines[0] ?? '';
  return { line, entry: JSON.parse(line) };
}

test('a line is JSON with a time, a level and the fields', () => {
  const { entry } = logged((log) => log.info({ job: 'jx-1', seconds: 4 }, 'delivered'));
  expect(entry).toMatchObject({ level: 'info', job: 'jx-1', seconds: 4, msg: 'delivered', time: expect.any(String) });
});

test.each(['token', 'key', 'apiKey', 'authorization', 'password', 'secret', 'cookie', 'Set-Cookie', 'VIDEO_API_KEY'])(
  'a value under the name %s is hidden, however deep it lies',
  (name) => {
    const { line } = logged((log) =>
      log.info({ [name]: 's3cr3t', a: { b: [{ c: { d: { [name]: 's3cr3t' } } }] } }, 'x'),
    );
    expect(line).not.toContain('s3cr3t');
    expect(line).toContain('[hidden]');
  },
);

test('the fields of a child log are cleaned too', () => {
  const { line } = logged((log) => log.child({ token: 's3cr3t', url: 'https://a.example/v?sig=s3cr3t' }).info('x'));
  expect(line).not.toContain('s3cr3t');
});

test.each([
  'redis://user:s3cr3t@db.example:6379/0',
  'redis://:s3cr3t@s3cr3t@db.example',
  'https://cdn.example/film.mp4?sig=s3cr3t&x=1',
  'failed: Authorization: Bearer s3cr3ts3cr3ts3cr3ts3cr3t',
  'token xoxb-123-s3cr3t is refused',
  'xapp-1-A1-2-s3cr3t',
  'https://hooks.slack.com/commands/T1/2/s3cr3t was answered with 404',
])('%s is logged without its secret, in a field, in the message and in an error', (text) => {
  const { line } = logged((log) => log.warn({ at: text, err: new Error(text, { cause: new Error(text) }) }, text));
  expect(line).not.toContain('s3cr3t');
  expect(logged((log) => log.error(new Error(text))).line).not.toContain('s3cr3t');
});

test('an error keeps its causes and its own fields, and loses what it carries of the request', () => {
  const cause = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
  const error = Object.assign(new Error('no answer', { cause }), {
    status: 502,
    request: { body: 'private prompt' },
    headers: { 'x-member': 'private' },
  });
  const { line, entry } = logged((log) => log.error({ err: error }, 'poll failed'));
  expect(entry.err).toMatchObject({
    type: 'Error',
    message: 'no answer',
    status: 502,
    stack: expect.stringContaining('log.test.ts'),
    cause: { message: 'connection refused', code: 'ECONNREFUSED' },
  });
  expect(line).not.toContain('private');
});

test('circles, bytes and the very deep do not break a line', () => {
  const circle: Record<string, unknown> = { name: 'a' };
  circle.self = circle;
  const { entry } = logged((log) => log.info({ circle, bytes: new Uint8Array(9), big: 3n }, 'x'));
  expect(entry).toMatchObject({ circle: { self: '[circular]' }, bytes: '[9 bytes]', big: '3' });
});

test('ordinary fields are left as they are', () => {
  const fields = { url: 'https://cdn.example/films/a.mp4', keys: 3, at: null, tags: ['a', 'b'], nested: { ok: true } };
  expect(logged((log) => log.info(fields, 'the robot responded in time')).entry).toMatchObject({
    ...fields,
    msg: 'the robot responded in time',
  });
});

test('addresses lose the parts that let somebody in, and errors what they had sent', () => {
  const token = 'aW50ZXJhY3Rpb246'.repeat(12);
  const error = Object.assign(
    new Error(`POST https://discord.example/api/v10/interactions/1/${token}/callback failed`),
    {
      ...{ status: 404, url: `https://discord.example/api/v10/webhooks/1/${token}/messages/%40original` },
      requestBody: { json: { content: 'what a member wrote' } },
    },
  );
  const { line } = logged((log) => log.warn({ err: error }, 'x'));
  expect(line).not.toContain(token);
  expect(line).not.toContain('what a member wrote');
  expect(line).toContain('/webhooks/1/…/messages/%40original');
});
