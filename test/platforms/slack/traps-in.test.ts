import { describe, expect, test } from 'vitest';
import { useClosing } from '../../support/closing.ts';
import { until } from '../../support/until.ts';
import { answered, buttonsOf, jobIn, read } from './rig.ts';
import { asBot, buttonIn, direct, formOf, heic, newcomer, startListening, told, useRig } from './traps.ts';

const { closing } = useClosing();
const rig = useRig();

/** A member and a channel of their own, and what they do there. */
async function begin() {
  const { fake, house, space, ask, mention } = rig();
  const { user, channel } = await newcomer(rig());
  return {
    ...{ fake, user, channel },
    ask: (text: string) => ask(text, { user, channel }),
    mention: (text: string, more: Partial<Parameters<typeof mention>[1]> = {}) =>
      mention(text, { user, channel, ...more }),
    jobs: () => house.desk.jobsOf(space, user, 10),
    last: async () => (await fake.ephemerals({ user })).at(-1),
  };
}

/** A bot whose house takes as long as the test lets it. */
async function slow(change: Parameters<typeof startListening>[1] = {}) {
  let go = (): void => undefined;
  const held = new Promise<void>((done) => {
    go = done;
  });
  const bot = closing(
    await startListening(async () => {
      await held;
      return told('taken');
    }, change),
  );
  return { ...bot, go };
}

describe('ways in', () => {
  test('1, slash commands in threads: help says how it is done there, and that works', async () => {
    const { fake, user, channel, ask, mention } = await begin();
    const thread = await fake.say({ user, channel, text: 'a boat?' });
    const typed = { user, channel, thread, command: '/dailies', text: 'video x' };
    await expect(fake.slash(typed)).rejects.toThrow(/not supported in threads/);
    const { message } = await mention('@bot video a boat', { thread });
    expect(message.threadTs).toBe(thread);
    expect((await ask('help')).text).toMatch(/In a thread.*mention me:.*video.*menu of a message/);
  });

  test('2, three seconds: Slack has its answer before the house has one, and the member gets theirs', async () => {
    const { fake, world, listen, calls, go } = await slow();
    await listen();
    const { ada: user, channel } = world;
    const id = await fake.slash({ user, channel, command: '/dailies', text: 'quota' });
    await fake.globalShortcut({ user, callback: 'form:video' });
    const { id: view } = await formOf(fake, user);
    const sent = await fake.submit({ user, view, values: { prompt: 'a kite' }, channel });
    await until('done', async () => calls.length === 2 && (await fake.view(view)).state === 'closed');
    for (const deed of [id, sent]) {
      const { ack, timedOut } = await fake.deed(deed);
      expect(timedOut).toBe(false);
      expect(ack?.afterMs).toBeLessThan(3_000);
    }
    go();
    expect(read(await answered(fake, id))).toBe('taken');
    await until('done', async () => (await fake.ephemerals({ user })).length === 2);
  });

  test('3, addresses of windows that are over: a form that comes too late is said, and nothing written is lost', async () => {
    const { fake, user, mention, jobs } = await begin();
    const { message, buttons } = await mention('what about a paper boat, @bot');
    await fake.configure({ triggerMs: -1 });
    const place = { user, channel: message.channel, ts: message.ts };
    const id = await fake.press({ ...place, action: buttons[0]?.id ?? '' });
    const late = read(await answered(fake, id));
    await fake.configure({ triggerMs: 3_000 });
    expect(late).toMatch(/could not be opened in time.*nothing was taken/);
    expect(late).toMatch(/You had written: what about a paper boat/);
    expect(await jobs()).toEqual([]);
  });

  test('4, addresses for answers that are used up: privately in the channel, else in direct messages', async () => {
    const { fake, user, channel } = await begin();
    await fake.configure({ respondUses: 0 });
    const asked = { user, command: '/dailies', text: 'quota' };
    const id = await fake.slash({ ...asked, channel });
    const here = await answered(fake, id);
    await fake.configure({ respondUses: 5, respondMs: -1 });
    await fake.slash({ ...asked, channel: await fake.makeChannel({ bot: false }) });
    const there = await direct(fake, user);
    await fake.configure({ respondMs: 1_800_000 });
    expect((await fake.deed(id)).answers).toEqual([]);
    expect(here).toMatchObject({ ephemeralTo: user, channel });
    for (const message of [here, there]) expect(read(message)).toMatch(/60 credits left of 60/);
  });

  test('5, a form that is sent twice: the same in it is one deed, something else another', async () => {
    const { fake, user, channel, jobs } = await begin();
    await fake.slash({ user, channel, command: '/dailies', text: 'video' });
    const { id: view } = await formOf(fake, user);
    const same = { user, view, values: { prompt: 'a kite' } };
    const sent = [await fake.submit(same), await fake.submit(same)];
    await fake.submit({ ...same, values: { prompt: 'another kite' } });
    await until('done', async () => (await fake.ephemerals({ user })).length === 3);
    await fake.repeat({ deed: sent[0] ?? '' });
    await until('done', async () => (await fake.ephemerals({ user })).length === 4);
    expect((await jobs()).map(({ request }) => request.recipe.prompt).sort()).toEqual(['a kite', 'another kite']);
  });

  test('6, one message under several events: it is asked for once, retries included', async () => {
    const { fake, user, channel, mention, jobs } = await begin();
    const { deeds } = await fake.mention({ user, channel, text: '@bot video a boat', times: 4 });
    await until('done', async () => (await jobs()).length > 0);
    await fake.repeat({ deed: deeds[0] ?? '', retry: 1 });
    await mention('@bot quota');
    expect(await jobs()).toHaveLength(1);
    expect((await fake.ephemerals({ user })).filter((one) => /on the way/.test(read(one)))).toHaveLength(1);
  });

  test('7, a message before its mention: the channel’s own event does not swallow the other', async () => {
    const events = ['app_mention', 'message.channels'];
    const bot = closing(await startListening(async () => told('taken'), { fake: { events, retryDelaysMs: [] } }));
    const { fake, world, calls } = bot;
    const { deeds } = await fake.mention({ user: world.ada, channel: world.channel, text: '@bot video a boat' });
    const [mention = '', message = ''] = deeds;
    await bot.listen();
    await fake.repeat({ deed: message });
    await until('done', async () => (await fake.deed(message)).ack !== null);
    await fake.repeat({ deed: mention });
    await until('done', async () => (await fake.deed(mention)).ack !== null);
    await fake.slash({ user: world.ada, channel: world.channel, command: '/dailies', text: 'quota' });
    await until('done', () => calls.some(({ command }) => command === 'quota'));
    expect(calls.map(({ command }) => command)).toEqual(['video', 'quota']);
  });

  test('8, a mention with a file that comes as a message alone: it is taken, once, with its picture', async () => {
    const { fake, user, channel, jobs } = await begin();
    await fake.mention({ user, channel, text: '@bot video it flies', files: [heic()], as: 'file_share' });
    await until('done', async () => (await jobs()).length > 0);
    await fake.configure({ events: ['app_mention', 'message.channels'] });
    await fake.mention({ user, channel, text: '@bot video it sinks', files: [heic()] });
    await until('done', async () => (await jobs()).length > 1);
    await fake.configure({ events: ['app_mention'] });
    for (const { request } of await jobs()) expect(request.recipe.image).toMatch(/^[0-9a-f]{64}\./);
    expect(await jobs()).toHaveLength(2);
  });

  test('9, words of bots, edits, quotes and code: they ask for nothing, and nothing is said to them', async () => {
    const { fake, user, channel, mention, jobs } = await begin();
    const words = '@bot video a boat';
    await fake.mention({ user, channel, text: words, asBot: true });
    await fake.mention({ user, channel, text: words, edited: true });
    for (const text of [`\`${words}\``, `\`\`\`\n${words}\n\`\`\``, `> ${words}`])
      await fake.mention({ user, channel, text });
    await mention('@bot quota');
    expect(await fake.ephemerals({ user })).toHaveLength(1);
    expect(await jobs()).toEqual([]);
  });

  test.each([
    ['thanks @bot!', /Was that meant for me/],
    ['video of my cat @bot', /Was that meant for me/],
    ['> @bot video a boat\nlook, @bot', /Was that meant for me/],
    ['@bot you are great', /Was that meant for me/],
    ['@bot video', /What should happen in the film/],
    ['@bot', /\/dailies video: Make a video/],
  ])('10, talk that names the bot: “%s” costs nobody anything', async (text, says) => {
    const { mention, jobs } = await begin();
    const answer = await mention(text);
    expect(answer.text).toMatch(says);
    expect(await jobs()).toEqual([]);
  });

  test('10, talk that names the bot: a picture without words is kept for the form, in that thread', async () => {
    const { fake, user, mention, jobs } = await begin();
    const { message, buttons, ts } = await mention('@bot', { files: [heic()] });
    expect(await jobs()).toEqual([]);
    await fake.press({ user, channel: message.channel, ts: message.ts, action: buttons[0]?.id ?? '' });
    const { id: view } = await formOf(fake, user);
    await fake.submit({ user, view, values: { prompt: 'it flies' } });
    await until('done', async () => (await jobs()).length === 1);
    const [made] = await jobs();
    expect(made?.request.recipe.image).toMatch(/^[0-9a-f]{64}\./);
    expect(made?.request.origin.thread).toBe(ts);
  });

  test('11, buttons and forms of another version: they are told so', async () => {
    const { fake, user, channel, last } = await begin();
    for (const action of ['film dance|jaaaaaaaaaaaaaaaa-1', 'film cancel|x', 'x|y|z', 'slack:form|dance']) {
      const ts = await buttonIn(fake, channel, action);
      const id = await fake.press({ user, channel, ts, action });
      expect(read(await answered(fake, id))).toMatch(/another version of the bot/);
    }
    await fake.globalShortcut({ user, callback: 'form:dance' });
    expect(read((await formOf(fake, user)).view as { blocks: unknown[] })).toMatch(/another version/);
    const id = await fake.slash({ user, channel, command: '/dailies', text: 'nonsense' });
    await answered(fake, id);
    const title = { type: 'plain_text', text: 'Old' };
    const view = { type: 'modal', callback_id: 'form|dance', title, submit: title, private_metadata: '{"channel":1}' };
    const input = { type: 'input', label: title, element: { type: 'plain_text_input', action_id: 'x' } };
    const trigger_id = String((await fake.deed(id)).payload.trigger_id);
    await asBot(fake, 'views.open', { trigger_id, view: { ...view, blocks: [{ ...input, block_id: 'x' }] } });
    const opened = await formOf(fake, user);
    await fake.submit({ user, view: opened.id, values: { x: 'y' } });
    expect(read(await direct(fake, user))).toMatch(/form is from another version/);
    expect(read((await last()) ?? { blocks: [] })).toMatch(/There is no command "nonsense"/);
  });

  test('11, buttons and forms of another version: what they carry is not believed', async () => {
    const { fake, user, channel } = await begin();
    const ts = await buttonIn(fake, channel, 'slack:form|video', 'no JSON');
    const id = await fake.press({ user, channel, ts, action: 'slack:form|video' });
    const said = async () => (await fake.deed(id)).answers.map(read)[0];
    expect(await until('an answer', said, 10_000)).toMatch(/another version/);
  });

  test('12, a button that is pressed twice: the price tag takes one answer, and gives way to it', async () => {
    const { fake, user, ask, jobs } = await begin();
    const { message, id } = await ask('video a long one seconds:12 count:2');
    const [make] = buttonsOf(message);
    const press = { user, channel: message.channel, ts: message.ts, action: make?.id ?? '' };
    const pressed = await Promise.all([fake.press(press), fake.press(press)]);
    const said = await Promise.all(pressed.map(async (deed) => read(await answered(fake, deed))));
    expect(said.filter((text) => /films are on the way/.test(text)).length).toBeGreaterThan(0);
    await fake.repeat({ deed: pressed[0] ?? '' });
    await until('done', async () => (await fake.deed(pressed[0] ?? '')).sent.length === 2);
    expect(await jobs()).toHaveLength(2);
    const tag = (await fake.deed(id)).answers[0];
    expect(read(tag ?? { blocks: [] })).toMatch(/on the way/);
    expect(buttonsOf(tag ?? { blocks: [] }).map(({ label }) => label)).toEqual(['Cancel 1', 'Cancel 2']);
  });

  test('13, answers that a whole channel reads: only cards and films stand there', async () => {
    const { fake, channel, ask, mention, jobs } = await begin();
    const id = jobIn((await ask('video a boat')).text);
    await ask('quota');
    await ask('nonsense');
    await mention('@bot jobs');
    await mention('thanks @bot');
    await until('done', async () => (await jobs())[0]?.settled !== undefined);
    const posts = (await fake.messages(channel)).filter(({ user }) => user === fake.botUserId);
    expect(posts.filter(({ files }) => files.length === 0)).toHaveLength(1);
    expect(posts.filter(({ files }) => files[0]?.name.includes(id))).toHaveLength(1);
    expect(posts).toHaveLength(2);
  });
});
