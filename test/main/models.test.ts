import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { startSandbox } from '../../src/sandbox/server.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { cardWith } from '../support/card.ts';
import { nodeArguments } from '../support/compiled.ts';
import { createTestLog } from '../support/log.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dailies-compare-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** The program in the role `models`, with these settings alone. */
async function models(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [...nodeArguments('src/main.ts'), 'models'], {
    cwd: dir,
    env: { PATH: process.env.PATH, TMPDIR: dir, LOG_LEVEL: 'warn', ...env },
  });
  let output = '';
  let trouble = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (trouble += chunk));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, output, trouble };
}

async function gateway() {
  const sandbox = await startSandbox({
    ...{ cards: sandboxCards, key: 'a-key', dir: join(dir, 'sandbox'), render: 'instant', log: createTestLog() },
  });
  const env = { VIDEO_API_URL: sandbox.url, VIDEO_API_KEY: 'a-key', BUDGET_MONEY: '1', BUDGET_WINDOW: 'day' };
  return { sandbox, env };
}
const file = async (content: object) => {
  const path = join(dir, 'mine.yaml');
  await writeFile(path, stringify(content));
  return { MODELS_FILE: path };
};

describe('npm run models', () => {
  test('without a gateway checks the shipped file and compares the sandbox with its own cards', async () => {
    const { code, output, trouble } = await models();
    expect(trouble).toBe('');
    expect(output).toMatch(/models\.yaml can be used: 5 models\. VIDEO_API_URL is not set/);
    expect(output).toMatch(/\n2 models, 0 differences\n$/);
    expect(code).toBe(0);
    expect((await readdir(dir)).filter((name) => name.startsWith('dailies-models-'))).toEqual([]);
  }, 30_000);

  test('prints where file and gateway differ; the exit code is 1 when a model is not served', async () => {
    const { sandbox, env } = await gateway();
    try {
      const [sora] = sandboxCards;
      const cards = [
        cardWith({
          ...sora,
          seconds: [4, 10],
          defaultSeconds: 4,
          extras: {},
          retiresAt: '2020-01-01',
          successor: 'veo',
        }),
        cardWith({ id: 'veo' }),
      ];
      const { code, output, trouble } = await models({ ...env, ...(await file({ models: cards })) });
      expect(trouble).toBe('');
      expect(output.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
        `${join(dir, 'mine.yaml')}, held against ${sandbox.url}`,
        '',
        'model | what | file | gateway',
        'sora-2 | life | retired since 2020-01-01 | serves it',
        'sora-2 | seconds | only here: 10 | only there: 8, 12, 16, 20',
        'sora-2 | extras | does not know | takes character_ids, delete_video, detect_and_block_ip, openai_api_key',
        'veo | not served | has it | does not serve it',
        '',
        'Served, and not in the file: sandbox-mini',
        'In the file, and not served: veo',
        '2 models, 4 differences',
        '',
      ]);
      expect(code).toBe(1);
      const same = await models({ ...env, ...(await file({ models: sandboxCards })) });
      expect([same.code, same.output]).toEqual([0, expect.stringMatching(/\n2 models, 0 differences\n$/)]);
    } finally {
      await sandbox.close();
    }
  }, 40_000);

  test('a file that cannot be used is named with all that is wrong, and nothing is asked', async () => {
    const wrong = { models: [{ ...cardWith(), seconds: 'four', price: 1 }] };
    const { code, output, trouble } = await models(await file(wrong));
    expect([code, output]).toEqual([1, '']);
    expect(trouble.split('\n')[1]).toMatch(/^ {2}mine\.yaml: models\[0\]\.seconds: got "four"; /);
    expect(trouble.split('\n')[2]).toMatch(/^ {2}mine\.yaml: models\[0\]\.price: is not known/);
  }, 30_000);

  test('a gateway that refuses the key is a plain line, without the key', async () => {
    const { sandbox, env } = await gateway();
    try {
      const { code, trouble } = await models({ ...env, VIDEO_API_KEY: 'wr0ng-s3cret' });
      expect(code).toBe(1);
      expect(trouble).toMatch(/VIDEO_API_KEY: the gateway refuses it .*answered 401/);
      expect(trouble).not.toContain('wr0ng');
    } finally {
      await sandbox.close();
    }
  }, 30_000);
});
