import { describe, expect, test, vi } from 'vitest';
import { useClosing } from '../../support/closing.ts';
import { defaultScopes } from '../../support/slack/scopes.ts';
import { until } from '../../support/until.ts';
import { startPoster } from './poster-rig.ts';
import { adapterOn, answered, buttonsOf, jobIn, read } from './rig.ts';
import { buttonIn, formOf, newcomer, useRig } from './traps.ts';

const { closing } = useClosing();
const rig = useRig();

/** Presses a button that carries a film's id, wherever that is. */
async function pressed(user: string, channel: string, action: string): Promise<string> {
  const { fake } = rig();
  const ts = await buttonIn(fake, channel, action);
  return read(await answered(fake, await fake.press({ user, channel, ts, action })));
}

const joins = async () => (await rig().fake.requests()).filter(({ method }) => method === 'conversations.join').length;

describe('places', () => {
  test('17, a channel without the bot: said before anything is held; a press lets it in, and nothing else does', async () => {
    const { fake, ask, quota } = rig();
    const { user } = await newcomer(rig());
    const channel = await fake.makeChannel({ bot: false });
    const before = await joins();
    const { text, message } = await ask('video a boat', { user, channel });
    expect(text).toMatch(/not in this channel.*Nothing was taken.*\n?.*You had written: a boat/);
    expect(await quota(user)).toMatchObject({ held: 0, spent: 0 });
    expect(buttonsOf(message)).toMatchObject([{ label: 'Add me here' }]);
    expect(await joins()).toBe(before);
    const press = { user, channel, ts: message.ts, action: buttonsOf(message)[0]?.id ?? '' };
    await fake.changeScopes({ scopes: defaultScopes.filter((scope) => scope !== 'channels:join') });
    const refused = read(await answered(fake, await fake.press(press)));
    await fake.changeScopes({ scopes: [...defaultScopes] });
    expect(refused).toMatch(/may not add myself here/);
    const again = await ask('video a boat', { user, channel });
    const [join] = buttonsOf(again.message);
    const id = await fake.press({ user, channel, ts: again.message.ts, action: join?.id ?? '' });
    expect(read(await answered(fake, id))).toMatch(/I am here now/);
    expect((await ask('video a boat', { user, channel })).text).toMatch(/on the way/);
  });

  test('17, a channel without the bot: a press that Slack does not take now is answered all the same', async () => {
    const { fake, ask } = rig();
    const { user } = await newcomer(rig());
    const channel = await fake.makeChannel({ bot: false });
    const { message } = await ask('video a boat', { user, channel });
    await fake.fail({ method: 'conversations.join', retryAfter: 30 });
    const action = buttonsOf(message)[0]?.id ?? '';
    const id = await fake.press({ user, channel, ts: message.ts, action });
    const words = async () => (await fake.deed(id)).answers.map(read)[0];
    expect(await until('an answer', words, 10_000)).toMatch(/⚠️/);
  });

  test('18, places that it cannot come into: said before anything is held, without a button', async () => {
    const { fake, ask, quota, bot, origin } = rig();
    const { user } = await newcomer(rig());
    const group = await fake.makeGroupDm({ members: [user, rig().world.bob], bot: false });
    for (const channel of [await fake.makeChannel({ private: true, bot: false, members: [user] }), group]) {
      const { text, buttons } = await ask('video a boat', { user, channel });
      expect(text).toMatch(/not in this channel.*Nothing was taken/);
      expect(buttons).toEqual([]);
    }
    expect(await quota(user)).toMatchObject({ held: 0 });
    const archived = await fake.makeChannel();
    await fake.changeChannel({ channel: archived, archived: true });
    const { rights } = bot.slack;
    expect(await rights.cannotPost({ ...origin, channel: archived })).toEqual({ word: 'space.archived' });
    // Direct messages of two people have an id that says so.
    expect(await rights.cannotPost({ ...origin, channel: 'D0THEIROWN' })).toEqual({ word: 'space.others' });
  });

  test('19, guests, strangers and bots: they are let in where that is settled, and told so where it is not', async () => {
    const { fake, ask, mention, world } = rig();
    const { user: guest, channel } = await newcomer(rig(), { guest: 'multi' });
    const { team } = await fake.makeTeam({ installed: false });
    const stranger = await fake.makeUser({ team, name: 'stranger' });
    const shared = await fake.makeChannel({ shared: [team] });
    const settle = (text: string) => ask(`admin set ${text}`, { user: world.boss });
    expect((await ask('video x', { user: guest, channel })).text).toMatch(/Guests cannot ask/);
    expect((await mention('@bot video x', { user: stranger, channel: shared })).text).toMatch(
      /other workspaces cannot/,
    );
    await settle('guests:yes strangers:yes');
    expect((await ask('video x', { user: guest, channel })).text).toMatch(/on the way/);
    const theirs = await mention('@bot video x', { user: stranger, channel: shared });
    expect(theirs.text).toMatch(/on the way/);
    const id = await fake.press({
      ...{ user: stranger, channel: shared, ts: theirs.message.ts },
      action: `film cancel|${jobIn(theirs.text)}`,
    });
    expect(read(await answered(fake, id))).toMatch(/yours again|already|stop it/);
    await settle('guests:no strangers:no');
    expect((await ask('video y', { user: guest, channel })).text).toMatch(/Guests cannot ask/);
  });

  test('19, guests, strangers and bots: only people ask for films', async () => {
    const { ask, quota } = rig();
    const { user, channel } = await newcomer(rig(), { bot: true });
    expect((await ask('video x', { user, channel })).text).toMatch(/Only people/);
    expect(await quota(user)).toMatchObject({ held: 0 });
  });

  test('20, user groups: those who moderate do so where the film is, those who manage everywhere', async () => {
    const { fake, ask, world } = rig();
    const { user, channel } = await newcomer(rig());
    const [mod, manager, other] = [await newcomer(rig()), await newcomer(rig()), await newcomer(rig())];
    await fake.makeGroup({ handle: 'mods', users: [mod.user] });
    await fake.makeGroup({ handle: 'managers', users: [manager.user] });
    await ask('admin set moderators:@mods managers:@managers', { user: world.boss });
    const id = jobIn((await ask('video x', { user, channel })).text);
    const look = async (who: string, where: string) => (await ask(`jobs ${id}`, { user: who, channel: where })).text;
    expect(await look(other.user, channel)).toMatch(/somebody else's/);
    expect(await look(mod.user, channel)).toContain(id);
    expect(await look(mod.user, other.channel)).toMatch(/somebody else's/);
    expect(await look(manager.user, other.channel)).toContain(id);
    expect((await ask('admin settings', { user: manager.user })).text).toMatch(/workflows/i);
    expect((await ask('admin settings', { user: mod.user })).text).toMatch(/may not do that/);
    const settled = await ask('admin set staff:#films managers:nobody', { user: world.boss });
    expect(settled.text).toContain(`told of things: #${world.channel}`);
    expect(settled.text).toMatch(/^Managers.*: nobody$/m);
    expect(await look(manager.user, other.channel)).toMatch(/somebody else's/);
    expect((await ask('admin set staff:#films for us', { user: world.boss })).text).toContain(
      `told of things: #${world.channel}`,
    );
  });

  test('21, user groups that are gone, disabled or cannot be read: nobody is in them, and all others go on', async () => {
    const { fake, ask, world } = rig();
    const settle = (text: string) => ask(`admin set ${text}`, { user: world.boss });
    const asks = async () => (await ask('quota', await newcomer(rig()))).text;
    await settle('moderators:S0NOTHERE1 managers:S0NOTHERE2');
    expect(await asks()).toMatch(/60 credits left/);
    const group = await fake.makeGroup({ handle: 'gone', users: [world.bob] });
    await settle('moderators:@gone');
    await fake.changeGroup({ group, disabled: true });
    const disabled = await asks();
    await fake.changeGroup({ group, disabled: false });
    await settle('moderators:S0NOTHERE3');
    await fake.changeScopes({ scopes: defaultScopes.filter((scope) => scope !== 'usergroups:read') });
    const unread = await asks();
    await fake.changeScopes({ scopes: [...defaultScopes] });
    expect([disabled, unread]).toEqual([
      expect.stringMatching(/60 credits left/),
      expect.stringMatching(/60 credits left/),
    ]);
  });

  test('22, rights of yesterday: what was taken away counts within a minute', async () => {
    const { fake, world, origin } = closing(await startPoster());
    const { slack } = adapterOn(fake);
    const boss = { ...origin, user: world.boss };
    expect(await slack.rights.level(boss)).toBe('manager');
    await fake.changeUser({ user: world.boss, admin: false });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    try {
      expect(await slack.rights.level(boss)).toBe('anyone');
    } finally {
      vi.useRealTimers();
    }
  });

  test('23, films of private channels: nobody hears of them elsewhere', async () => {
    const { fake, ask, world } = rig();
    const { user, channel: elsewhere } = await newcomer(rig());
    const { user: friend } = await newcomer(rig());
    const channel = await fake.makeChannel({ private: true, members: [user, friend, world.boss] });
    const id = jobIn((await ask('video a secret', { user, channel })).text);
    for (const command of ['details', 'again', 'more', 'cancel'])
      expect(await pressed(friend, elsewhere, `film ${command}|${id}`)).toMatch(/no such film here/);
    expect((await ask(`jobs ${id}`, { user: friend, channel: elsewhere })).text).toMatch(/no such film/);
    expect(await pressed(friend, channel, `film details|${id}`)).toContain('a secret');
    expect(await pressed(world.boss, elsewhere, `film details|${id}`)).toContain('a secret');
    expect(await pressed(user, elsewhere, `film details|${id}`)).toContain('a secret');
    expect(await pressed(user, elsewhere, `film again|${id}`)).toMatch(/private channel. Make it again there/);
  });

  test('24, films for one member alone: they are nobody else’s, whoever that is', async () => {
    const { fake, world, house, space } = rig();
    const { user, channel } = await newcomer(rig());
    await fake.globalShortcut({ user, callback: 'form:video' });
    const { id: view } = await formOf(fake, user);
    await fake.submit({ user, view, values: { prompt: 'a secret' } });
    const made = await until('the job', async () => (await house.desk.jobsOf(space, user, 1))[0]);
    const { id } = made.request;
    for (const who of [world.bob, world.boss])
      for (const command of ['details', 'again', 'redeliver'])
        expect(await pressed(who, channel, `film ${command}|${id}`)).toMatch(/no such film here/);
    expect(await pressed(user, channel, `film details|${id}`)).toContain('a secret');
    const said = JSON.stringify(await fake.messages(channel));
    expect(said).not.toContain('a secret');
  });
});
