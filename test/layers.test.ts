import { expect, test } from 'vitest';
import { circle, importsOf, sources, violation } from './support/layers.ts';

const files = sources();
const imports = [...files].flatMap(([file, source]) => importsOf(file, source));

test('every file imports only what its layer may', () => {
  expect(files.size).toBeGreaterThan(20);
  expect(imports.length).toBeGreaterThan(files.size);
  expect(
    [...files.keys()]
      .map((file) => violation({ file, target: 'node:crypto' }))
      .filter((found) => found?.includes('no layer')),
  ).toEqual([]);
  expect(imports.flatMap((found) => violation(found) ?? [])).toEqual([]);
});

test('what is imported is there', () => {
  const missing = imports.filter(
    ({ target }) => /^(src|commands|platforms)\/.*\.ts$/.test(target) && !files.has(target),
  );
  expect(missing).toEqual([]);
});

test('imports run in no circle', () => {
  expect(circle(imports)).toBeUndefined();
  const round = importsOf('src/a.ts', "import './b.ts';").concat(
    importsOf('src/b.ts', "import type { C } from './c.ts';"),
    importsOf('src/c.ts', "export * from './b.ts';"),
  );
  expect(circle(round)).toEqual(['src/b.ts', 'src/c.ts', 'src/b.ts']);
});

test('the environment is read in config.ts alone', () => {
  const readers = [...files].filter(([, source]) =>
    /\bprocess\??\.?\s*(\.|\[\s*['"`])env\b|['"](node:)?process['"]/.test(source),
  );
  expect(readers.map(([file]) => file)).toEqual(['src/config.ts']);
});

test.each([
  ['src/domain/card.ts', 'src/ports.ts'],
  ['src/domain/card.ts', 'ioredis'],
  ['src/domain/card.ts', 'node:fs'],
  ['src/domain/blocks.ts', 're2js'],
  ['src/ports.ts', 'src/desk/desk.ts'],
  ['src/intake.ts', 'src/desk/desk.ts'],
  ['src/worker/step.ts', 'bullmq'],
  ['src/worker/step.ts', 'src/queue.ts'],
  ['src/worker/sweep.ts', 'node:fs'],
  ['src/desk/desk.ts', 'bullmq'],
  ['src/desk/desk.ts', 'src/video/client.ts'],
  ['src/video/client.ts', 'ioredis'],
  ['src/media/store.ts', 'hono'],
  ['src/sandbox/render.ts', 'undici'],
  ['src/redis.ts', 'src/config.ts'],
  ['src/desk/desk.ts', 'pino'],
  ['src/queue.ts', 'prom-client'],
  ['src/queue.ts', 'src/main.ts'],
  ['src/desk/desk.ts', 'commands/video.ts'],
  ['src/desk/desk.ts', 'platforms/web/adapter.ts'],
  ['commands/video.ts', 'src/desk/desk.ts'],
  ['commands/video.ts', 'src/ports.ts'],
  ['platforms/web/post.ts', 'platforms/discord/post.ts'],
  ['platforms/web/post.ts', 'discord.js'],
  ['platforms/web/post.ts', 'src/intake.ts'],
  ['platforms/slack/post.ts', 'discord.js'],
  ['platforms/shared/memory.ts', 'platforms/slack/post.ts'],
  ['platforms/shared/memory.ts', '@slack/bolt'],
  ['platforms/slack/post.ts', 'ioredis'],
  ['src/unheard/of.ts', 'zod'],
  ['platforms/fax/post.ts', 'zod'],
])('%s may not import %s', (file, target) => {
  expect(violation({ file, target })).toContain(file);
});

test.each([
  ['src/domain/policy.ts', 'temporal-polyfill'],
  ['src/domain/patterns.ts', 're2js'],
  ['src/domain/blocks.ts', 'src/domain/patterns.ts'],
  ['src/worker/run.ts', 'bullmq'],
  ['src/video/schedule.ts', 'ioredis'],
  ['platforms/discord/post.ts', 'discord.js'],
  ['platforms/discord/post.ts', 'platforms/shared/memory.ts'],
  ['platforms/slack/gateway.ts', '@slack/bolt'],
  ['platforms/web/board.ts', 'hono/html'],
  ['src/main.ts', 'platforms/web/adapter.ts'],
])('%s may import %s', (file, target) => {
  expect(violation({ file, target })).toBeUndefined();
});

test('no way of importing is overlooked, and comments do not count', () => {
  const source = `
    // import './commented.ts';
    /* export * from './commented-too.ts'; */
    import './bare.ts';
    import one, { type Two } from "../static.ts";
    import type {
      Three,
    } from './type.ts';
    export * as four from '../exported.ts';
    const five = await import('./dynamic.ts');
    type Six = import('./typed.ts').Six;
    const seven = require('./required.ts');
  `;
  expect(
    importsOf('src/desk/a.ts', source)
      .map(({ target }) => target)
      .sort(),
  ).toEqual(
    ['bare', 'dynamic', 'required', 'type', 'typed']
      .map((name) => `src/desk/${name}.ts`)
      .concat('src/exported.ts', 'src/static.ts'),
  );
  expect(() => importsOf('src/desk/a.ts', 'await import(name)')).toThrow('cannot be checked');
});
