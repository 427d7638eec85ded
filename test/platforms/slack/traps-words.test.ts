import { describe, expect, test } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { formOf as renderForm } from '../../../platforms/slack/form.ts';
import { renderRefusal, renderReply, spokenAs } from '../../../platforms/slack/render.ts';
import { readable } from '../../../platforms/slack/text.ts';
import { type Command, findCommand } from '../../../src/domain/command.ts';
import { sandboxCards } from '../../../src/video/cards.ts';
import { useClosing } from '../../support/closing.ts';
import { cardLike } from '../../support/poster-contract.ts';
import { checkBlocks } from '../../support/slack/check-blocks.ts';
import { checkView } from '../../support/slack/check-view.ts';
import { until } from '../../support/until.ts';
import { job, startPoster } from './poster-rig.ts';
import { answered, jobIn, read } from './rig.ts';
import { newcomer, useRig } from './traps.ts';

const { closing } = useClosing();
const rig = useRig();

const evil = '<!everyone> <!channel> <@U0EVERYONE1> <!subteam^S0ALLALL11> *b* <https://evil.example|x> `c`\n> q\n# h';

describe('words', () => {
  test('14, ids in words: names, channels, groups and links go into a prompt as they were read', async () => {
    const { fake, house, origin, mention } = rig();
    const { user, channel } = await newcomer(rig());
    await fake.makeChannel({ name: 'harbour' });
    await fake.makeUser({ name: 'grace', displayName: 'Grace H' });
    await fake.makeGroup({ handle: 'sailors', users: [user] });
    const words = '@grace & @sailors in #harbour, <b> https://example.org/a?b=1&c=2 :tada:';
    const typed = await mention(`@bot video ${words}`, { user, channel });
    const slash = await answered(fake, await fake.slash({ user, channel, command: '/video', text: words }));
    const prompts = await Promise.all(
      [typed.text, read(slash)].map(async (text) => (await house.job(origin, jobIn(text))).request.recipe.prompt),
    );
    expect(prompts[0]).toMatch(/^Grace H & .*in #harbour, <b> https:\/\/example.org\/a\?b=1&c=2 tada$/);
    expect(prompts[1]).toMatch(/^[Gg]race.* & @sailors in #harbour, <b> https:\/\/example.org\/a\?b=1&c=2 tada$/);
    for (const prompt of prompts) expect(prompt).not.toMatch(/<[@#!]|&amp;|\b[UCS][A-Z0-9]{5,}\b/);
  });

  test.each([
    ['<https://example.org/x|the harbour>', 'the harbour'],
    ['<mailto:a@example.org|a@example.org>', 'a@example.org'],
    ['<#C0123ABCD|> and <#C0123ABCD>', 'and'],
    ['<!subteam^S0123ABC|@sailors> <!subteam^S0123ABC>', '@sailors'],
    ['<!here> <!date^1^{time}|noon>', 'noon'],
    ['<@U0123ABCD> <@W0123ABCD|anna>', 'somebody anna'],
    ['at 10:30:45, 16:9:', 'at 10:30:45, 16:9:'],
    ['&lt;b&gt; &amp;amp;', '<b> &amp;'],
  ])('14, ids in words: %s is read as “%s”', (text, says) => {
    expect(readable(text)).toBe(says);
  });

  test('15, prompts that ping, format or link: they are shown letter by letter, edits included', async () => {
    const { fake, world, origin, poster, card, post, posts } = closing(await startPoster());
    const ref = await poster.card(origin, card(1, { prompt: evil, requester: '<!here> *Ada*' }), undefined);
    await poster.card(origin, card(2, { prompt: evil, state: 'failed', requester: '<!here> *Ada*' }), ref);
    await post(origin, { prompt: evil, requester: '<!here>' });
    const { words, films } = await posts();
    expect(words[0]).toMatchObject({ edits: 1, pinged: { users: [], groups: [], everyone: false } });
    expect(films[0]?.pinged).toEqual({ users: [world.ada], groups: [], everyone: false });
    await post(origin, { key: `${job}-d2`, prompt: evil, mention: false });
    expect((await posts()).films[1]?.pinged.users).toEqual([]);
    for (const message of [...words, ...films]) {
      expect(message.text).not.toMatch(/<[!@h]/);
      for (const text of marked(message.blocks)) expect(text).not.toMatch(/everyone|evil/);
    }
    expect(films[0]?.files[0]?.title).toContain('<!everyone>');
    expect(films[0]?.files[0]?.name).toMatch(/^[a-z0-9-]+\.mp4$/);
    expect((await fake.requests()).filter(({ error }) => error !== null)).toEqual([]);
  });

  test('16, limits of blocks and texts: nothing is refused for its length, and nothing of it is lost', () => {
    const spoken = spokenAs('/dailies', ['video']);
    const long = 'x'.repeat(32_000);
    const details = renderReply({ parts: [{ kind: 'facts', facts: [{ label: 'Prompt', value: long }] }] }, spoken);
    const cards = Array.from({ length: 10 }, (_, n) => cardLike(`${job.slice(0, -1)}${n}`, 1, { prompt: long }));
    const list = renderReply({ parts: [{ kind: 'cards', cards }] }, spoken);
    const refusal = renderRefusal({ word: 'form.late' }, spoken, long);
    for (const { blocks, text } of [details, list, refusal]) {
      expect(checkBlocks(blocks, 'message')).toEqual([]);
      expect(text.length).toBeLessThanOrEqual(4_000);
    }
    expect(read(details).replaceAll(/[^x]/g, '')).toContain(long);
    expect(read(refusal).replaceAll('\n', '')).toContain(long);

    const leaf = findCommand(commands as readonly Command[], 'video');
    if (!leaf) throw new Error('no command');
    const offer = { models: sandboxCards, likely: sandboxCards };
    const more = { carried: { respond: 'y'.repeat(200) }, asksWhere: true, lost: true };
    const view = renderForm({ path: 'video', leaf }, { values: { prompt: long }, files: {} }, offer, more);
    expect(checkView(view, 'modal')).toEqual([]);
  });

  test('16, limits of blocks and texts: they come whole, also where they are shown in direct messages', async () => {
    const { fake, ask } = rig();
    const { user, channel } = await newcomer(rig());
    const id = jobIn((await ask(`video ${'a boat and '.repeat(260)}`, { user, channel })).text);
    const card = await until('its card', async () => {
      const posts = (await fake.messages(channel)).filter((message) => message.user === fake.botUserId);
      return posts.find(({ blocks }) => JSON.stringify(blocks).includes(id));
    });
    await fake.configure({ respondUses: 0 });
    const pressed = await fake.press({ user, channel, ts: card.ts, action: `film details|${id}` });
    const details = await answered(fake, pressed);
    await fake.configure({ respondUses: 5 });
    expect(read(details).replaceAll('\n', ' ')).toContain('a boat and '.repeat(260).trim());
  });
});

/** Texts in a message's blocks that Slack reads as markup. */
function marked(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(marked);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as Record<string, unknown>;
  const own = type === 'mrkdwn' && typeof text === 'string' ? [text] : [];
  return [...own, ...Object.values(value).flatMap(marked)];
}
