import { expect, test } from 'vitest';
import { useClosing } from '../../support/closing.ts';
import type { StoredMessage } from '../../support/discord/api.ts';
import { until } from '../../support/until.ts';
import { buttonsOf, jobIn, type Rig, read, startRig } from './rig.ts';

const { closing } = useClosing();

/** A film that stands in the channel. */
async function filmOf({ ask, atRest, posts }: Rig, prompt: string): Promise<{ job: string; film: StoredMessage }> {
  const job = jobIn((await ask('video', { prompt })).text);
  await atRest(job);
  const film = (await posts()).films.at(-1);
  if (!film) throw new Error('no film');
  return { job, film };
}

test('a member reports a film: the owner of the server is told in private, and removes it there by one press', async () => {
  const rig = closing(await startRig());
  const { ask, press, posts, atRest, world, fake, job: recorded } = rig;
  const { job, film } = await filmOf(rig, 'a paper boat');
  const more = await press(film, /More/, world.bob);
  expect((await press(more.message, /Report/, world.bob)).text).toMatch(/have been told/);
  const typed = await ask('film report', { job, reason: 'spam' }, { user: world.bob });
  expect(typed.text).toMatch(/have been told/);

  const [notice, ...others] = await fake.messages(await fake.openDm(world.owner));
  if (!notice) throw new Error('nobody was told');
  expect(others).toEqual([]);
  expect(read(notice.content)).toContain('Prompt: a paper boat');
  expect(notice.content).toContain(`https://discord.com/channels/${world.guild}/${world.channel}/${film.id}`);
  expect(notice.pinged.users).toEqual([]);
  expect((await press(notice, /Details/, world.owner)).text).toContain(`Job: ${job}`);
  expect((await press(notice, /Remove/, world.owner)).text).toMatch(/taken out of the chat/);
  await until('gone', async () => (await recorded(job)).takenAway);
  await atRest(job);
  expect((await fake.message(film.id)).deleted).toBe(true);
  const [card] = (await posts()).cards;
  if (!card) throw new Error('no card');
  expect(read(card.content)).toMatch(/: …\nRemoved by a moderator/);
  expect(buttonsOf(card).map(({ label }) => label)).toEqual(['Make it again', 'Details']);
  expect((await press(card, /again/, world.bob)).text).toMatch(/Only whoever asked/);

  // Of another one its owner is asked whether they are sure.
  const own = await filmOf(rig, 'a lamp');
  const asked = await press((await press(own.film, /More/)).message, /Delete/);
  expect(asked.text).toMatch(/for good\?/);
  expect((await fake.message(own.film.id)).deleted).toBe(false);
  expect((await press(asked.message, /for good/)).text).toMatch(/taken out/);
  await until('gone', async () => (await recorded(own.job)).takenAway);
  expect((await fake.message(own.film.id)).deleted).toBe(true);
  expect(await rig.quota()).toMatchObject({ spent: 8 });
}, 60_000);
