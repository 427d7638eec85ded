import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Reply } from '../../../src/domain/command.ts';
import { useClosing } from '../../support/closing.ts';
import { until } from '../../support/until.ts';
import { answered, read } from './rig.ts';
import { startListening } from './traps.ts';

const { closing } = useClosing();
const text = 'By,Films\r\nжанна,3\r\n';
const reply: Reply = {
  ...{ to: 'private', jobs: [] },
  parts: [
    { kind: 'table', head: ['By', 'Films'], rows: [['жанна', '3']] },
    { kind: 'file', name: 'report-2026-11.csv', text, type: 'text/csv' },
  ],
};

/** A bot that answers with a table and a file, and somebody who asks. */
async function begin() {
  const bot = closing(await startListening(async () => reply));
  await bot.listen();
  const { fake, world } = bot;
  const ask = async () => {
    const id = await fake.slash({ user: world.ada, channel: world.channel, command: '/dailies', text: 'quota' });
    return read(await answered(fake, id));
  };
  return { ...bot, ask };
}

const table = 'By     Films\n-----  -----\nжанна      3';
const refused = `${table}\nThe file report-2026-11.csv could not be sent to your direct messages with this bot. What stands above is right all the same.`;

describe('a file of an answer', () => {
  test('comes to whoever asked by direct message, whole, and the answer says so', async () => {
    const { fake, world, ask } = await begin();
    expect(await ask()).toBe(`${table}\nThe file report-2026-11.csv comes to your direct messages with this bot.`);
    const dm = (await fake.dm(world.ada)) ?? '';
    const [message] = await until('the file', async () => {
      const found = await fake.messages(dm);
      return found.length > 0 && found;
    });
    const sha256 = createHash('sha256').update(text).digest('hex');
    expect(message?.files).toMatchObject([{ name: 'report-2026-11.csv', title: 'report-2026-11.csv', sha256 }]);
    expect(await fake.messages(world.channel)).toEqual([]);
    // The channel of the direct messages is asked for once.
    await ask();
    expect((await fake.requests()).filter(({ method }) => method === 'conversations.open')).toHaveLength(1);
  });

  test.each([
    ['a workspace that takes no files', { method: 'files.getUploadURLExternal', error: 'file_uploads_disabled' }],
    ['an upload that breaks', { method: 'upload', status: 500 }],
    ['an upload that is too large', { method: 'upload', status: 413 }],
    ['no direct messages', { method: 'conversations.open', error: 'user_disabled' }],
    ['a right that is missing', { method: 'conversations.open', error: 'missing_scope' }],
    ['a completion that is refused', { method: 'files.completeUploadExternal', error: 'restricted_action' }],
  ])('%s: the table stands, and the answer says what is missing', async (_name, fault) => {
    const { fake, ask, log } = await begin();
    await fake.fail(fault);
    expect(await ask()).toBe(refused);
    expect(await fake.faultsLeft()).toBe(0);
    expect(log.lines.map(({ message }) => message)).toContain('a file of an answer was not sent');
  });
});
