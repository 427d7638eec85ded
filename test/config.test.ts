import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, variables } from '../src/config.ts';
import { isLoopback } from '../src/domain/gateway.ts';

const example = readFileSync('.env.example', 'utf8');

function problems(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const gateway = {
  VIDEO_API_URL: 'https://api.example/v1/',
  VIDEO_API_KEY: 'k-123456',
  BUDGET_MONEY: '12.50',
  BUDGET_WINDOW: 'month',
};

const webhookSecret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

test('with nothing set it runs on this machine with the sandbox', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 3000,
    publicUrl: 'http://127.0.0.1:3000',
    dataDir: resolve('data'),
    redisUrl: undefined,
    logLevel: 'info',
    video: undefined,
    modelsFile: resolve('models.yaml'),
    inFlight: 4,
    quota: { credits: 60, window: 'week', timeZone: 'UTC' },
    budget: undefined,
    studio: { on: true, token: undefined },
    managers: [],
    discord: undefined,
    slack: undefined,
    slackApp: { command: '/dailies', short: undefined, mode: 'socket', oauth: false },
    path: '/usr/local/bin:/usr/bin:/bin',
  });
});

test('an empty variable counts as not set', () => {
  const empty = Object.fromEntries(variables.map((name) => [name, ' ']));
  expect(readConfig(empty)).toEqual(readConfig({}));
});

test('a real gateway has no limit of films at once unless told', () => {
  expect(readConfig(gateway)).toMatchObject({
    video: {
      ...{ url: 'https://api.example/v1', key: 'k-123456', dialect: 'output' },
      ...{ webhookSecret: undefined, openaiKey: undefined },
    },
    inFlight: 0,
    budget: { money: 12.5, window: 'month' },
  });
  expect(readConfig({ ...gateway, VIDEO_IN_FLIGHT: '7' }).inFlight).toBe(7);
});

test('a gateway has its dialect, its secret for webhooks and the operator’s own key at OpenAI', () => {
  const more = { VIDEO_API_DIALECT: 'content', VIDEO_WEBHOOK_SECRET: webhookSecret, VIDEO_OPENAI_API_KEY: 'sk-1' };
  expect(readConfig({ ...gateway, ...more }).video).toMatchObject({
    ...{ dialect: 'content', webhookSecret, openaiKey: 'sk-1' },
  });
});

test('the models file is the shipped one, from whatever folder the program is started, or another', () => {
  expect(readConfig({}).modelsFile).toBe(resolve('models.yaml'));
  expect(readConfig({ MODELS_FILE: 'mine/models.yaml' }).modelsFile).toBe(resolve('mine/models.yaml'));
});

test('managers are a list, without blanks', () => {
  expect(readConfig({ MANAGERS: 'mia, tom ,,' }).managers).toEqual(['mia', 'tom']);
});

test.each([
  ['PORT', 'eighty'],
  ['PORT', '70000'],
  ['PORT', '-1'],
  ['HOST', 'a b'],
  ['PUBLIC_URL', 'dailies.example'],
  ['LOG_LEVEL', 'loud'],
  ['VIDEO_API_URL', 'ftp://api.example'],
  ['VIDEO_API_DIALECT', 'openai'],
  ['VIDEO_IN_FLIGHT', '1.5'],
  ['QUOTA_CREDITS', '-3'],
  ['QUOTA_WINDOW', 'year'],
  ['TIME_ZONE', 'Berlin'],
  ['BUDGET_MONEY', '0'],
  ['BUDGET_MONEY', 'ten'],
  ['BUDGET_WINDOW', 'weekly'],
  ['STUDIO', 'yes'],
  ['DISCORD_APP_ID', 'dailies'],
  ['DISCORD_GUILD_ID', '12'],
  ['DISCORD_API_URL', 'discord.com'],
  ['DISCORD_SHARDS', '4'],
  ['DISCORD_SHARDS', '4/4'],
  ['DISCORD_SHARDS', '0,0/4'],
  ['DISCORD_SHARDS', '3-1/4'],
])('%s=%s is named, with what it got and what it takes', (name, value) => {
  const [problem] = problems({ [name]: value }).filter((line) => line.startsWith(`${name}: `));
  expect(problem).toContain(JSON.stringify(value));
  expect(problem).toMatch(/takes \S.+/);
});

test('all that is wrong is named at once', () => {
  const found = problems({ PORT: 'x', STUDIO: 'x', HOST: '0.0.0.0', QUOTA_WINDOW: 'x' });
  expect(found.map((line) => line.split(':')[0])).toEqual(['PORT', 'QUOTA_WINDOW', 'STUDIO', 'STUDIO_TOKEN']);
});

test.each([
  ['REDIS_URL', 'db.example:s3cr3t'],
  ['VIDEO_API_KEY', 's3 cr3t'],
  ['VIDEO_WEBHOOK_SECRET', 's3cr3t'],
  ['VIDEO_WEBHOOK_SECRET', 'whsec_s3cr3t'],
  ['VIDEO_OPENAI_API_KEY', 'sk-s3 cr3t'],
  ['STUDIO_TOKEN', 's3cr3t'],
  ['DISCORD_TOKEN', 's3 cr3t'],
  ['PUBLIC_URL', 'ftp://user:s3cr3t@host'],
])('the value of %s is not shown', (name, value) => {
  const found = problems({ [name]: value }).join('\n');
  expect(found).toContain(`${name}: got ${value.length} characters (not shown)`);
  expect(found).not.toContain('cr3t');
});

test('a studio that others can reach demands a token', () => {
  expect(problems({ HOST: '0.0.0.0' })).toEqual([
    expect.stringMatching(/^STUDIO_TOKEN: is not set, and HOST 0\.0\.0\.0/),
  ]);
  expect(problems({ HOST: '0.0.0.0', STUDIO: 'off' })).toEqual([]);
  expect(problems({ HOST: '0.0.0.0', STUDIO_TOKEN: 'a-long-enough-token' })).toEqual([]);
});

test.each(['VIDEO_API_KEY', 'BUDGET_MONEY', 'BUDGET_WINDOW'] as const)('a real gateway demands %s', (name) => {
  const { [name]: _, ...rest } = gateway;
  expect(problems(rest)).toEqual([expect.stringMatching(new RegExp(`^${name}: is not set`))]);
});

test('a key never travels unencrypted, but to this machine', () => {
  expect(problems({ ...gateway, VIDEO_API_URL: 'http://api.example' })).toEqual([expect.stringContaining('https')]);
  expect(problems({ ...gateway, VIDEO_API_URL: 'http://127.0.0.1:9000/v1' })).toEqual([]);
  expect(problems({ ...gateway, VIDEO_API_URL: 'https://me:pw@api.example' })).toHaveLength(1);
});

test.each(['https://api.example/v1?key=s3cr3t', 'https://api.example/v1?', 'https://api.example/v1#s3cr3t'])(
  'an address that no path can follow is refused and not shown: %s',
  (url) => {
    const found = problems({ ...gateway, VIDEO_API_URL: url });
    expect(found).toEqual([expect.stringMatching(/^VIDEO_API_URL: holds a query or a fragment/)]);
    expect(found.join()).not.toContain('s3cr3t');
  },
);

test('half a budget or a key without its gateway is an error', () => {
  expect(problems({ BUDGET_MONEY: '5' })).toHaveLength(1);
  expect(problems({ BUDGET_WINDOW: 'day' })).toHaveLength(1);
  expect(problems({ VIDEO_API_KEY: 'k' })).toHaveLength(1);
  for (const [name, value] of [
    ['VIDEO_WEBHOOK_SECRET', webhookSecret] as const,
    ['VIDEO_OPENAI_API_KEY', 'k'] as const,
  ])
    expect(problems({ [name]: value })).toEqual([expect.stringContaining(`VIDEO_API_URL: is not set, and ${name} is`)]);
});

test('only this machine is loopback', () => {
  expect(['127.0.0.1', '127.9.9.9', 'localhost', '::1', '[::1]'].map(isLoopback)).not.toContain(false);
  expect(['0.0.0.0', '::', '127.evil.example', '10.0.0.1', 'localhost.example'].map(isLoopback)).not.toContain(true);
});

test('the example file names every variable with a sentence, and shows the defaults', () => {
  const entries = [...example.matchAll(/^# (.+\.)\n(?:# .+\n)*?# ?([A-Z_]+)=(.*)$/gm)];
  expect(entries.map(([, , name]) => name).sort()).toEqual([...variables].sort());
  const shown = Object.fromEntries(entries.map(([, , name, value]) => [name, value]));
  expect(readConfig(shown)).toEqual(readConfig({}));
  for (const name of ['PORT', 'QUOTA_CREDITS', 'QUOTA_WINDOW', 'DATA_DIR', 'LOG_LEVEL', 'STUDIO', 'HOST', 'TIME_ZONE'])
    expect(shown[name], name).not.toBe('');
});

test('the container sets nothing that is not read', () => {
  const compose = readFileSync('compose.yaml', 'utf8').matchAll(/^ {4}([A-Z_]+):/gm);
  const image = readFileSync('Dockerfile', 'utf8').matchAll(/^ENV (.+)$/gm);
  const names = [
    ...[...compose].map(([, name]) => name),
    ...[...image].flatMap(([, pairs = '']) => pairs.split(' ').map((pair) => pair.split('=')[0])),
  ];
  expect(names).toContain('REDIS_URL');
  expect(names.filter((name) => name !== 'NODE_ENV' && !variables.some((known) => known === name))).toEqual([]);
});

test('a file .env of the working folder is read, and the process wins over it', () => {
  const dir = mkdtempSync(join(tmpdir(), 'dailies-env-'));
  try {
    writeFileSync(join(dir, '.env'), 'QUOTA_CREDITS=7\nQUOTA_WINDOW=day\n');
    const source = `import { loadEnv } from ${JSON.stringify(resolve('src/config.ts'))}; console.log(JSON.stringify(loadEnv().quota));`;
    const tsx = import.meta.resolve('tsx');
    const output = execFileSync(process.execPath, ['--import', tsx, '--input-type=module', '-e', source], {
      cwd: dir,
      env: { PATH: process.env.PATH, QUOTA_WINDOW: 'month' },
      encoding: 'utf8',
    });
    expect(JSON.parse(output)).toEqual({ credits: 7, window: 'month', timeZone: 'UTC' });
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('what spends nothing needs no budget', () => {
  const gateway = { VIDEO_API_URL: 'https://gateway.example/v1', VIDEO_API_KEY: 'k' };
  expect(readConfig(gateway, false).video?.url).toBe(gateway.VIDEO_API_URL);
  expect(() => readConfig(gateway)).toThrow(/BUDGET_MONEY/);
});

describe('Discord', () => {
  const token = 'MTIz.abc.def';

  test('needs a token and nothing else', () => {
    expect(readConfig({ DISCORD_TOKEN: token }).discord).toEqual({
      ...{ token, appId: undefined, guild: undefined, api: undefined, shards: 'auto' },
    });
  });

  test.each([
    ['0/1', { ids: [0], of: 1 }],
    ['0,2/4', { ids: [0, 2], of: 4 }],
    ['8-11/16', { ids: [8, 9, 10, 11], of: 16 }],
    ['0-1,5/6', { ids: [0, 1, 5], of: 6 }],
  ])('shards %s', (given, shards) => {
    expect(readConfig({ DISCORD_TOKEN: token, DISCORD_SHARDS: given }).discord?.shards).toEqual(shards);
  });

  test.each(['DISCORD_APP_ID', 'DISCORD_GUILD_ID'])('%s alone asks for the token', (name) => {
    expect(problems({ [name]: '123456789012345678' })).toEqual([expect.stringMatching(/^DISCORD_TOKEN: is not set/)]);
  });

  test('its token goes nowhere unencrypted but to this machine', () => {
    const at = (url: string) => problems({ DISCORD_TOKEN: token, DISCORD_API_URL: url });
    expect(at('http://discord.example/api')).toEqual([expect.stringMatching(/^DISCORD_API_URL: .*unencrypted/)]);
    expect(at('http://127.0.0.1:4000/api')).toEqual([]);
  });
});

describe('Slack', () => {
  const one = { SLACK_BOT_TOKEN: 'xoxb-1-a', SLACK_APP_TOKEN: 'xapp-1-a' };
  const many = {
    SLACK_CLIENT_ID: '1.2',
    SLACK_CLIENT_SECRET: 'a-secret',
    TOKEN_KEY: 'k'.repeat(32),
    SLACK_SIGNING_SECRET: 's'.repeat(32),
    PUBLIC_URL: 'https://dailies.example',
  };

  test('has one workspace by its tokens, over a socket', () => {
    const { slack, slackApp } = readConfig(one);
    expect(slack).toEqual({ access: { token: 'xoxb-1-a' }, events: { appToken: 'xapp-1-a' }, api: undefined });
    expect(slackApp).toMatchObject({ mode: 'socket', oauth: false });
  });

  test('has many by client id and secret, over HTTP', () => {
    const { slack, slackApp } = readConfig(many);
    expect(slack).toEqual({
      access: { clientId: '1.2', clientSecret: 'a-secret', key: 'k'.repeat(32) },
      events: { signingSecret: 's'.repeat(32) },
      api: undefined,
    });
    expect(slackApp).toMatchObject({ mode: 'http', oauth: true });
  });

  test('with both ways for what happens, the socket is taken', () => {
    const { slack } = readConfig({ ...one, SLACK_SIGNING_SECRET: 's'.repeat(32) });
    expect(slack?.events).toEqual({ appToken: 'xapp-1-a' });
  });

  test('one command, or two', () => {
    expect(readConfig({ SLACK_COMMAND: '/clips, /clip' }).slackApp).toMatchObject({
      command: '/clips',
      short: '/clip',
    });
  });

  test.each([
    [{ SLACK_BOT_TOKEN: 'xoxb-1-a' }, /SLACK_APP_TOKEN: is not set.*SLACK_SIGNING_SECRET/],
    [{ SLACK_APP_TOKEN: 'xapp-1-a' }, /SLACK_BOT_TOKEN: is not set, and SLACK_APP_TOKEN is/],
    [{ ...one, ...many }, /SLACK_CLIENT_ID: is set beside SLACK_BOT_TOKEN/],
    [{ ...many, PUBLIC_URL: '' }, /PUBLIC_URL: is not set, and whoever adds the app/],
    [{ ...many, PUBLIC_URL: 'http://dailies.example' }, /PUBLIC_URL: is no https address/],
    [{ ...many, TOKEN_KEY: '' }, /TOKEN_KEY: is not set, and SLACK_CLIENT_ID is/],
    [{ ...many, TOKEN_KEY: 'short' }, /TOKEN_KEY: got 5 characters \(not shown\)/],
    [
      { ...one, SLACK_BOT_TOKEN: 'xoxp-1' },
      /SLACK_BOT_TOKEN: got 6 characters \(not shown\), takes the bot's token, xoxb-/,
    ],
    [{ ...one, SLACK_COMMAND: '/a,/b,/c' }, /SLACK_COMMAND: got/],
    [{ ...one, SLACK_COMMAND: 'dailies' }, /SLACK_COMMAND: got/],
    [{ ...one, SLACK_API_URL: 'http://slack.example/api' }, /SLACK_API_URL: would send the key unencrypted/],
  ])('%o is refused, in words', (env, words) => {
    expect(() => readConfig(env)).toThrow(words);
  });
});
