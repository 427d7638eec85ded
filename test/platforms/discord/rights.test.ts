import type { APIInteraction } from 'discord.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRest, type RestOptions } from '../../../platforms/discord/rest.ts';
import { createRights } from '../../../platforms/discord/rights.ts';
import type { Origin } from '../../../src/domain/origin.ts';
import { type Settings, usualSettings } from '../../../src/domain/settings.ts';
import type { FakeDiscord } from '../../support/discord/api.ts';
import { startFakeDiscord } from '../../support/discord/index.ts';
import { createTestLog } from '../../support/log.ts';
import { makeWorld } from './rig.ts';

let fake: FakeDiscord;
let world: Awaited<ReturnType<typeof makeWorld>>;
let crew: string;
let rest: ReturnType<typeof createRest>;
beforeAll(async () => {
  fake = await startFakeDiscord();
  world = await makeWorld(fake);
  crew = await fake.makeRole({ guild: world.guild });
  const options: RestOptions = {
    token: fake.token,
    appId: undefined,
    api: fake.api,
    ...{ log: createTestLog() },
    limited: () => undefined,
  };
  rest = createRest(options);
});
afterAll(async () => {
  rest.close();
  await fake.close();
});

const origin = (user: string): Origin => ({
  ...{ platform: 'discord', space: world.guild, channel: world.channel, user, visibility: 'thread' },
});
const rights = (settled: Partial<Settings> = {}) =>
  createRights(rest, { read: async () => ({ ...usualSettings, ...settled }) }, []);
/** What an interaction tells of whoever made it. */
const told = (user: string, roles: string[], more: object = {}) =>
  ({
    ...{ guild_id: world.guild, channel: { id: world.channel, type: 0 } },
    member: {
      ...{ user: { id: user, username: 'ada', global_name: null }, nick: 'Ada of the films', roles },
      ...{ permissions: '0', joined_at: '2024-02-03T04:05:06.000Z', ...more },
    },
  }) as unknown as APIInteraction;
const asked = async (work: () => Promise<unknown>): Promise<number> => {
  const before = (await fake.requests()).length;
  await work();
  return (await fake.requests()).length - before;
};

describe('what an interaction told of its member', () => {
  test('is not asked for', async () => {
    const { ada, guild } = world;
    const here = rights();
    here.learn(told(ada, [crew]));
    const count = await asked(async () => {
      expect(await here.roles(origin(ada), ['9', crew])).toEqual([crew]);
      expect((await here.since(origin(ada))).joined).toBe(Date.UTC(2024, 1, 3, 4, 5, 6));
      expect(await here.person({ platform: 'discord', space: guild }, ada)).toEqual({ name: 'Ada of the films' });
    });
    expect(count).toBe(0);
    here.learn(told(ada, []));
    expect(await here.roles(origin(ada), [crew])).toEqual([]);
  });

  test('what it does not tell is left out', async () => {
    const here = rights();
    here.learn(told(world.bob, [], { joined_at: null }));
    expect(Object.keys(await here.since(origin(world.bob)))).toEqual(['account']);
  });
});

test('who is asked about is asked about once a minute', async () => {
  const here = rights();
  expect(await asked(() => here.roles(origin(world.bob), [crew]))).toBe(1);
  expect(await asked(() => here.since(origin(world.bob)))).toBe(0);
  expect(await asked(() => here.roles(origin(world.ada), []))).toBe(0);
});

test('everyone has the server’s own role, but for who left', async () => {
  const gone = await fake.makeMember({ guild: world.guild });
  await fake.leave({ guild: world.guild, user: gone });
  const here = rights();
  expect(await here.roles(origin(world.ada), [world.guild])).toEqual([world.guild]);
  expect(await here.roles(origin(gone), [world.guild])).toEqual([]);
  expect(await here.level(origin(gone))).toBe('anyone');
  expect(Object.keys(await here.since(origin(gone)))).toEqual(['account']);
});

describe('roles that the server settled', () => {
  test.each([
    [{ managers: 'crew' }, '0', 'manager'],
    [{ moderators: 'crew' }, '0', 'moderator'],
    [{ moderators: 'crew', managers: 'crew' }, '0', 'manager'],
    [{ moderators: 'other', managers: 'other' }, '0', 'anyone'],
    [{ moderators: 'crew' }, '32', 'manager'],
    [{ managers: 'other' }, '8192', 'moderator'],
    [{}, '0', 'anyone'],
  ])('%j and permissions of %s make a %s', async (settled, permissions, level) => {
    const ids = Object.entries(settled).map(([name, role]) => [name, role === 'crew' ? crew : '99']);
    const here = rights(Object.fromEntries(ids));
    here.learn(told(world.ada, [crew], { permissions }));
    const count = await asked(async () => expect(await here.level(origin(world.ada))).toBe(level));
    expect(count).toBe(0);
  });

  test('hold from the next call on, and no longer than the role is held', async () => {
    const here = rights({ managers: crew });
    expect(await here.level(origin(world.bob))).toBe('anyone');
    here.learn(told(world.bob, [crew]));
    expect(await here.level(origin(world.bob))).toBe('manager');
    here.learn(told(world.bob, []));
    expect(await here.level(origin(world.bob))).toBe('anyone');
  });
});
