import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { createProgram, freePort, runAudit } from '../chaos/program.ts';
import { startFaulty } from '../support/faulty.ts';
import { sora2 } from '../support/faulty-cards.ts';
import { redisKinds } from '../support/redis.ts';
import { until } from '../support/until.ts';

let closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

const secret = 'whsec_ZmF1bHR5LWdhdGV3YXktc2VjcmV0';

/** The program with a gateway of its own, as an operator sets it up: by a models file and the environment. */
async function setUp(
  profile: object,
  envAt: (port: number) => Record<string, string> = () => ({}),
  more: { bare?: boolean; usual?: number } = {},
) {
  const { usual = 1 } = more;
  const gateway = await startFaulty({ completes: { afterMs: () => 400 } });
  const dir = await mkdtemp(join(tmpdir(), 'dailies-gateway-'));
  const models = join(dir, 'models.yaml');
  await writeFile(models, stringify({ gateway: { native: gateway.url, ...profile }, models: [{ ...sora2, usual }] }));
  const bin = join(dir, 'bin');
  await mkdir(bin);
  await symlink(process.execPath, join(bin, 'node'));
  const port = await freePort();
  const program = createProgram(dir, port, {
    ...{ VIDEO_API_URL: gateway.url, VIDEO_API_KEY: gateway.key, MODELS_FILE: models },
    ...{ BUDGET_MONEY: '1', BUDGET_WINDOW: 'month', LOG_LEVEL: 'debug' },
    ...(more.bare ? { PATH: bin } : {}),
    ...envAt(port),
  });
  closers.push(gateway.close, async () => {
    await program.kill();
    await rm(dir, { recursive: true, force: true });
  });
  const ask = (prompt: string): Promise<Response> =>
    program.api('/api/threads/gateway/calls', {
      method: 'POST',
      body: JSON.stringify({ command: 'video', values: { prompt } }),
    });
  return { gateway, program, dir, ask };
}
const filmsOf = async ({ program }: Awaited<ReturnType<typeof setUp>>) =>
  ((await (await program.api('/api/threads/gateway/messages')).json()) as { video?: object }[]).filter(
    ({ video }) => video !== undefined,
  );

describe('the program with a gateway that costs money', () => {
  test('will not start where it would forget at exit what it spent', async () => {
    const { program } = await setUp({}, undefined, { bare: true });
    expect(await program.refused()).toMatch(/VIDEO_API_URL: .*must outlive this process/);
  }, 60_000);

  test('will not start where the gateway could not fetch the pictures that it wants as links', async () => {
    if (!redisKinds.includes('server')) return;
    const { program } = await setUp({ picture: 'url' }, () => ({ PUBLIC_URL: 'http://films.example' }));
    expect(await program.refused()).toMatch(/PUBLIC_URL: .*picture: url/);
  }, 60_000);

  test('lends a member’s picture to a gateway that wants a link, cut to the size that goes with it; a forged link opens nothing', async () => {
    if (!redisKinds.includes('server')) return;
    const { gateway, program } = await setUp({ picture: 'url' }, (port) => ({
      PUBLIC_URL: `http://127.0.0.1:${port}`,
    }));
    await program.start();
    const form = new FormData();
    form.set('command', 'video');
    form.set('values', JSON.stringify({ prompt: 'a hill' }));
    form.set('image', new Blob([readFileSync('test/fixtures/photo.heic')]), 'IMG_0001.HEIC');
    const asked = await fetch(`${program.base}/api/threads/gateway/calls`, {
      method: 'POST',
      headers: { 'X-Member': 'ada' },
      body: form,
    });
    expect(asked.status).toBe(202);
    await until('the order', () => gateway.count('submit') === 1);
    const order = JSON.parse(String(gateway.requests.find(({ call }) => call === 'submit')?.body)) as {
      size: string;
      input_reference: { image_url: string };
    };
    const link = order.input_reference.image_url;
    const lent = await fetch(link);
    expect([lent.status, lent.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    const { width, height } = await sharp(await lent.arrayBuffer()).metadata();
    expect(`${width}x${height}`).toBe(order.size);
    const forged = link.replace(/(\/media\/[^.]+\.)(.)/, (_, path, first) => `${path}${first === 'A' ? 'B' : 'A'}`);
    expect((await fetch(forged)).status).toBe(404);
  }, 60_000);

  test('spends no more than BUDGET_MONEY: what does not fit is refused in plain words, and what came is booked as it was billed', async () => {
    if (!redisKinds.includes('server')) return;
    const setting = await setUp({ lostAnswer: ['repeat', 'reconcile'] });
    const { gateway, program, dir, ask } = setting;
    await program.start();
    expect((await ask('one')).status).toBe(202);
    expect((await ask('two')).status).toBe(202);
    const third = await ask('three');
    expect(third.status).toBe(503);
    expect(((await third.json()) as { error: string }).error).toMatch(
      /an amount for each month, and what is left of it does not cover this/,
    );
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    await until('both films', async () => (await filmsOf(setting)).length === 2, 90_000);
    await until('both booked', async () =>
      (await (await program.api('/metrics')).text()).includes('dailies_budget_money{is="spent"} 0.8'),
    );
    expect([gateway.billed, gateway.charged]).toEqual([2, 800_000]);
    expect(program.output()).not.toContain(gateway.key);
    await program.stop();
    expect(await runAudit(dir)).toMatchObject({ code: 0, output: expect.stringMatching(/differences: 0/) });
  }, 150_000);

  test.each([
    ['that is set', { VIDEO_WEBHOOK_SECRET: secret }],
    ['that the gateway tells', {}],
  ])(
    'is told of a film by the gateway, signed with the secret %s, long before it would have looked',
    async (_where, env) => {
      if (!redisKinds.includes('server')) return;
      const { gateway, program, ask } = await setUp(
        { webhooks: true },
        (port) => ({
          PUBLIC_URL: `http://127.0.0.1:${port}`,
          ...env,
        }),
        { usual: 100 },
      );
      await program.start();
      expect((await ask('a boat')).status).toBe(202);
      await until('delivered', () => program.output().includes('"msg":"delivered"'), 15_000);
      expect(gateway.count('poll')).toBe(1);
      expect(gateway.notified.map(({ status }) => status)).toEqual([204]);
      expect(program.output()).toContain('a webhook came');
      expect(program.output()).not.toContain(secret);
    },
    60_000,
  );
});
