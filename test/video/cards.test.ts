import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { chooseSize, isRetired, modelCardSchema } from '../../src/domain/model.ts';
import { loadModels, ModelsError, sandboxCards, sandboxProfile } from '../../src/video/cards.ts';
import { defaultsOf } from '../../src/video/modelsFile.ts';

const dir = mkdtempSync(join(tmpdir(), 'dailies-models-'));
afterAll(() => rmSync(dir, { recursive: true }));
const path = join(dir, 'models.yaml');

function load(text: string) {
  writeFileSync(path, text);
  return loadModels(path);
}
function problems(text: string): readonly string[] {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ModelsError) return error.problems;
    throw error;
  }
  return [];
}

const card = {
  ...{ id: 'a', label: 'A', seconds: [4, 8], defaultSeconds: 4, weight: 1, money: 0.1, promptMax: 100, image: 'none' },
  sizes: [{ size: '1280x720', shape: '16:9', resolution: '1K' }],
};
const file = (change: object = {}, more: object = {}) => stringify({ models: [{ ...card, ...change }], ...more });
const now = Date.parse('2026-11-23');

describe('the shipped models file', () => {
  const shipped = loadModels('models.yaml');
  const text = readFileSync('models.yaml', 'utf8');
  const sora = shipped.cards.find(({ id }) => id === 'sora-2');

  it('promises nothing of a gateway that nobody looked at', () => {
    expect(shipped.profile).toEqual({
      ...{
        lostAnswer: [],
        key: 'body',
        picture: 'data-uri',
        dryRun: false,
        moderation: false,
        webhooks: false,
        limits: {},
      },
    });
    expect(shipped.spaces).toEqual({});
  });

  it('has sora-2 as its page says, retired, with a successor that is served', () => {
    expect(sora).toMatchObject({
      snapshots: ['sora-2-2025-10-06', 'sora-2-2025-12-08'],
      seconds: [4, 8, 12, 16, 20],
      sizes: [
        { size: '1365x768', shape: '16:9', resolution: '1K' },
        { size: '768x1365', shape: '9:16', resolution: '1K' },
      ],
      money: 0.1,
      image: 'first_frame',
      retiresAt: '2026-09-24',
      extras: {
        character_ids: { takes: 'texts', most: 2, by: 'operator' },
        delete_video: { takes: 'boolean', by: 'operator' },
        detect_and_block_ip: { takes: 'boolean', by: 'member' },
        openai_api_key: { takes: 'text', by: 'operator' },
      },
    });
    const successor = shipped.cards.find(({ id }) => id === sora?.successor);
    expect(successor && isRetired(successor, now)).toBe(false);
  });

  it('offers at least three models today, the default among them, each marked as to be checked', () => {
    const today = shipped.cards.filter((one) => !isRetired(one, now));
    expect(today.length).toBeGreaterThanOrEqual(3);
    expect(today[0]).toBe(shipped.cards[0]);
    expect(text.match(/# to be checked by you: npm run models\n {2}- id: /g)).toHaveLength(today.length);
  });

  it('explains every name that it takes', () => {
    for (const name of Object.keys(modelCardSchema.shape)) expect(text, name).toMatch(new RegExp(`# .*\\b${name}\\b`));
    const gateway = /^gateway:\n[\s\S]*?\n# -+/m.exec(text)?.[0] ?? '';
    for (const name of ['native', 'lostAnswer', 'key', 'picture', 'dryRun', 'moderation', 'webhooks', 'submitsAtOnce'])
      expect(gateway, name).toMatch(new RegExp(`^ +(# +)?${name}: `, 'm'));
  });

  it('is still good when its examples are taken in', () => {
    const [head = '', spaces = ''] = text.split('spaces: {}\n');
    const gateway = head
      .replace('limits: {}', 'limits:')
      .replace(/^ {2}# {3}(submits|polls)/gm, '    $1')
      .replace('# native:', 'native:');
    const opened = `${gateway}spaces:\n${spaces.replace(/^#/gm, '')}`;
    const read = parse(opened);
    expect(Object.keys(read.spaces)).toHaveLength(3);
    expect(Object.keys(read.gateway.limits)).toHaveLength(3);
    expect(load(opened).profile.native).toBe('https://api.example/v1');
  });
});

describe('a models file', () => {
  it('of one card is enough', () => {
    const read = load(file());
    expect(read.cards).toEqual([modelCardSchema.parse(card)]);
    expect(read.profile.lostAnswer).toEqual([]);
  });

  it.each([
    ['nothing at all', '', 'models: got nothing; '],
    ['no model', stringify({ models: [] }), 'models: got []; '],
    ['a wrong kind', file({ seconds: 'four' }), 'models[0].seconds: got "four"; '],
    ['a value that is none', file({}, { gateway: { lostAnswer: ['guess'] } }), 'gateway.lostAnswer[0]: got "guess"; '],
    ['an unknown section', file({}, { models2: 1 }), 'models2: is not known, takes one of gateway, models, spaces'],
    ['an unknown name', file({ price: 1 }), 'models[0].price: is not known, takes one of id, snapshots, label'],
    [
      'an unknown name of a size',
      file({ sizes: [{ ...card.sizes[0], w: 1 }] }),
      'models[0].sizes[0].w: is not known, takes one of size, shape',
    ],
    [
      'an unknown name of an extra',
      file({ extras: { a: { takes: 'text', type: 1 } } }),
      'models[0].extras.a.type: is not known, takes one of takes, by',
    ],
    [
      'an unknown limit',
      file({}, { gateway: { limits: { a: 1 } } }),
      'gateway.limits.a: is not known, takes one of submitsAtOnce',
    ],
    ['an unknown platform', file({}, { spaces: { 'irc/1': {} } }), 'takes default or <platform>/<space>'],
    [
      'an unknown setting of a space',
      file({}, { spaces: { default: { a: 1 } } }),
      'spaces.default.a: is not known, takes one of model, extras',
    ],
    [
      'a length out of order',
      file({ seconds: [8, 4] }),
      'models[0].seconds: got [8,4], takes lengths in ascending order',
    ],
    [
      'a default that it cannot make',
      file({ defaultSeconds: 5 }),
      'models[0].defaultSeconds: got 5, takes one of 4, 8',
    ],
    [
      'a shape that is not its size’s',
      file({ sizes: [{ ...card.sizes[0], shape: '9:16' }] }),
      'models[0].sizes[0].shape: got "9:16", takes the ratio of 1280x720',
    ],
    [
      'a tier that nobody knows',
      file({ sizes: [{ ...card.sizes[0], resolution: 'huge' }] }),
      'models[0].sizes[0].resolution: got "huge", takes a tier',
    ],
    [
      'an id twice',
      stringify({ models: [card, { ...card, id: 'b', snapshots: ['a'] }] }),
      'models[1]: got the id "a" a second time',
    ],
    ['a snapshot twice', file({ snapshots: ['x', 'x'] }), 'models[0]: got the id "x" a second time'],
    [
      'an extra of a name that is taken',
      file({ extras: { seconds: { takes: 'text' } } }),
      'models[0].extras.seconds: every film has its own',
    ],
    [
      'an extra’s wrong value',
      file({ extras: { a: { takes: 'boolean', value: 'yes' } } }),
      'models[0].extras.a.value: got "yes", takes true or false',
    ],
    [
      'too many values',
      file({ extras: { a: { takes: 'texts', most: 1, value: ['x', 'y'] } } }),
      'models[0].extras.a.value: got ["x","y"], takes at most 1 texts',
    ],
    [
      'a space’s unknown model',
      file({}, { spaces: { default: { model: 'z' } } }),
      'spaces.default.model: got "z", takes one of a',
    ],
    [
      'a space’s unknown extra',
      file({}, { spaces: { default: { extras: { z: 1 } } } }),
      'spaces.default.extras.z: no model of this file lists it',
    ],
    [
      'a space’s wrong extra',
      file({ extras: { a: { takes: 'number' } } }, { spaces: { 'web/s': { extras: { a: true } } } }),
      'spaces.web/s.extras.a: got true, takes a number',
    ],
    ['what is no YAML', 'models: [1\nx: 2', 'line 2: '],
    ['a name twice', 'models: []\nmodels: []', 'line 2: '],
  ])('with %s is refused, with its place', (_name, text, expected) => {
    const found = problems(text);
    expect(found.join('\n')).toContain(expected);
    for (const problem of found) expect(problem).toMatch(/^models\.yaml: \S/);
  });

  it('that is not there is named', () => {
    expect(() => loadModels(join(dir, 'none.yaml'))).toThrow(
      /none\.yaml cannot be used:\n {2}MODELS_FILE: got ".+none\.yaml", which cannot be read \(ENOENT\)/,
    );
  });

  it.each([
    ['in a card', file({ extras: { openai_api_key: { takes: 'text', value: 'sk-s3cr3t' } } })],
    [
      'in a space',
      file(
        { extras: { openai_api_key: { takes: 'text' } } },
        { spaces: { default: { extras: { openai_api_key: 'sk-s3cr3t' } } } },
      ),
    ],
    ['in a card, of the wrong kind', file({ extras: { openai_api_key: 'sk-s3cr3t' } })],
    [
      'in a space, of the wrong kind',
      file({}, { spaces: { default: { extras: { openai_api_key: { a: 'sk-s3cr3t' } } } } }),
    ],
    ['where there is no place for one', file({}, { gateway: { api_key: 'sk-s3cr3t' } })],
  ])('never holds a key: one %s is refused and not shown', (_name, text) => {
    const found = problems(text).join('\n');
    expect(found).not.toBe('');
    expect(found).not.toContain('s3cr3t');
  });

  it.each([
    ['http://api.example/v1', /^models\.yaml: gateway\.native: got "http:.+"; would send the key unencrypted/],
    ['http://10.0.0.1/v1', /unencrypted/],
    ['https://me:s3cr3t@api.example/v1', /not shown.*holds a password/],
    ['https://api.example/v1?key=s3cr3t', /not shown.*holds a query/],
    ['https://api.example/v1#s3cr3t', /not shown.*holds a query or a fragment/],
    ['ftp://api.example', /^models\.yaml: gateway\.native: got "ftp/],
    ['nowhere', /^models\.yaml: gateway\.native: got "nowhere"/],
  ])('sends the key to no address of its gateway’s own that VIDEO_API_URL could not be: %s', (native, problem) => {
    const found = problems(file({}, { gateway: { native } }));
    expect(found).toEqual([expect.stringMatching(problem)]);
    expect(found.join()).not.toContain('s3cr3t');
  });

  it.each(['https://api.example/v1', 'http://127.0.0.1:9/v1', 'http://localhost:9', 'http://[::1]:9'])(
    'lets the gateway’s own calls go to %s',
    (native) => {
      expect(load(file({}, { gateway: { native: `${native}/` } })).profile.native).toBe(native);
    },
  );

  const many = (name: string) => `[${Array(12).fill(`*${name}`).join(', ')}]`;
  it.each<[string, string, RegExp]>([
    ['an alias of nothing', `${file()}spaces: *none\n`, /got an alias that cannot be followed \(.*: none\)/],
    ['a merge of nothing', `${file()}<<: *none\n`, /got an alias that cannot be followed/],
    [
      'an alias bomb',
      `a: &a [x, x]\nb: &b ${many('a')}\nc: &c ${many('b')}\nd: ${many('c')}\n`,
      /got an alias that cannot be followed \(Excessive/,
    ],
    ['a list in itself', 'models: &a [*a, *a]\n', /or an alias that leads back to itself/],
    [
      'a value in itself',
      `${file()}spaces: { default: { extras: { seed: &s [*s] } } }\n`,
      /or an alias that leads back to itself/,
    ],
    ...[200, 1_500, 9_000].map((deep): [string, string, RegExp] => [
      `brackets ${deep} deep`,
      `${file()}spaces: { default: { extras: { seed: ${'['.repeat(deep)}${']'.repeat(deep)} } } }\n`,
      deep < 1_000 ? /got values nested more than 100 deep/ : /nested more than 100 deep|line \d+: Maximum/,
    ]),
    ...['constructor', 'toString', 'hasOwnProperty'].map((name): [string, string, RegExp] => [
      `an extra of the name ${name}`,
      file({}, { spaces: { default: { extras: { [name]: 1 } } } }),
      new RegExp(`spaces\\.default\\.extras\\.${name}: no model of this file lists it`),
    ]),
  ])('with %s is refused by a line', (_name, text, problem) => {
    expect(problems(text)).toEqual([expect.stringMatching(problem)]);
  });

  it('may say a thing once and mean it twice', () => {
    const text = `${file()}spaces: { default: &d { model: a }, web/studio: *d }\n`;
    expect(load(text).spaces['web/studio']).toEqual(load(text).spaces.default);
  });

  it('leaves a member no say in the operator’s key', () => {
    expect(problems(file({ extras: { openai_api_key: { takes: 'text', by: 'member' } } }))).toHaveLength(1);
  });

  it('gives a space its own defaults over those of all', () => {
    const extras = { a: { takes: 'number' }, b: { takes: 'number' } };
    const spaces = {
      default: { model: 'a', extras: { a: 1, b: 1 } },
      'discord/5': { extras: { b: 2 } },
      'slack/5': { model: 'a-1' },
    };
    const read = load(file({ extras, snapshots: ['a-1'] }, { spaces }));
    const at = (platform: string, space: string) => defaultsOf(read.spaces, { platform, space });
    expect(at('web', 'x')).toEqual({ model: 'a', extras: { a: 1, b: 1 } });
    expect(at('discord', '5')).toEqual({ model: 'a', extras: { a: 1, b: 2 } });
    expect(at('slack', '5')).toEqual({ model: 'a-1', extras: { a: 1, b: 1 } });
    expect(defaultsOf({}, { platform: 'web', space: 'x' })).toEqual({ model: undefined, extras: {} });
  });
});

describe('the sandbox', () => {
  it('has cards that are good, never retire, and let everything be tried', () => {
    expect(load(stringify({ models: sandboxCards })).cards).toEqual(sandboxCards);
    expect(sandboxCards.some((one) => one.retiresAt !== undefined)).toBe(false);
    const [sora, mini] = sandboxCards;
    expect(sora?.extras).toEqual(loadModels('models.yaml').cards.find(({ id }) => id === 'sora-2')?.extras);
    expect(mini?.extras.character_ids?.by).toBe('member');
  });

  it('keeps its keys, prices without making, and calls webhooks, at its own base', () => {
    expect(sandboxProfile('http://127.0.0.1:1/v1')).toMatchObject({
      ...{
        native: 'http://127.0.0.1:1/v1',
        lostAnswer: ['repeat', 'reconcile'],
        dryRun: true,
        moderation: true,
        webhooks: true,
      },
    });
    expect(sandboxCards.every((one) => one.repeatWithin === 600)).toBe(true);
  });

  it.each([
    ['sora-2', {}, '1365x768'],
    ['sora-2', { shape: 'portrait' }, '768x1365'],
    ['sora-2', { size: '1080x1920' }, '768x1365'],
    ['sandbox-mini', { shape: 'square', resolution: '4K' }, '480x480'],
  ])('%s makes of %o the size %s', (id, wish, size) => {
    const found = sandboxCards.find((entry) => entry.id === id);
    expect(found && chooseSize(found, wish)).toBe(size);
  });
});
