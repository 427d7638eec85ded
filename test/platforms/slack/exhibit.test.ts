import { expect, test } from 'vitest';
import { TransientError } from '../../../src/domain/errors.ts';
import type { Exhibit, Place } from '../../../src/ports.ts';
import { useClosing } from '../../support/closing.ts';
import { type PosterRigOptions, startPoster } from './poster-rig.ts';
import { buttonsOf, read } from './rig.ts';

const { closing } = useClosing();
const going = (): AbortSignal => new AbortController().signal;
const key = 'jaaaaaaaaaaaaaaaa-1-x';

async function begin(options: PosterRigOptions = {}) {
  const rig = closing(await startPoster(options));
  const { fake, world, filmOf, marks } = rig;
  const to: Place = { platform: 'slack', space: fake.team, channel: world.channel };
  return {
    ...{ ...rig, to, shown: () => fake.messages(world.channel) },
    /** Its next attempt: it is given what an earlier one noted. */
    async exhibit(more: Partial<Exhibit> = {}): Promise<Exhibit> {
      const { asset, file } = await filmOf();
      const note = async (mark: string) => void marks.set(key, mark);
      const attempt = { repeated: marks.has(key), before: marks.get(key), note };
      return { key, caption: 'Number 3 *<!here>*', spoiler: false, asset, file, ...attempt, ...more };
    },
  };
}

test('a film is shown with its caption alone, and nothing that goes to Slack tells whose it is', async () => {
  const { poster, to, exhibit, shown, requests } = await begin();
  await poster.exhibit(to, await exhibit(), going());
  const [only, ...more] = await shown();
  expect(more).toEqual([]);
  expect(read(only ?? { blocks: [] })).toBe('Number 3 *<!here>*');
  expect(only?.files).toEqual([expect.objectContaining({ name: 'film-3.mp4', title: 'Number 3 *<!here>*' })]);
  expect(only?.pinged.everyone).toBe(false);
  const [address] = await requests('files.getUploadURLExternal');
  expect(address?.args).toMatchObject({ filename: 'film-3.mp4', alt_txt: 'Number 3 *<!here>*' });
  expect(
    JSON.stringify(
      (await requests('files.getUploadURLExternal', 'files.completeUploadExternal')).map(({ args }) => args),
    ),
  ).not.toMatch(/jaaaa|ada/i);
});

test('where Slack takes no blocks with a file, its caption comes letter by letter', async () => {
  const { fake, poster, to, exhibit, shown } = await begin();
  await fake.fail({ method: 'files.completeUploadExternal', error: 'invalid_arguments' });
  await poster.exhibit(to, await exhibit(), going());
  const [only] = await shown();
  expect(only?.text.replaceAll('\u200b', '')).toBe('Number 3 *&lt;!here&gt;*');
  expect(only?.pinged.everyone).toBe(false);
});

test('one whose process died is looked for by its file, and is one', async () => {
  const { fake, poster, another, to, exhibit, shown } = await begin();
  await fake.fail({ method: 'files.completeUploadExternal', after: true });
  await expect(poster.exhibit(to, await exhibit(), going())).rejects.toThrow(TransientError);
  const { ref } = await another().exhibit(to, await exhibit(), going());
  expect((await shown()).map(({ ts, files: [file] }) => `${to.channel}/${ts}/${file?.id}`)).toEqual([ref]);
});

test('one that goes as a link is found by what tells nothing of its key', async () => {
  const link = (name: string) => ({ url: `https://films.example/${name}`, until: Date.now() + 1e9 });
  const rig = await begin({ fake: { uploads: false }, slack: { link }, history: true });
  const { fake, poster, another, to, exhibit, shown } = rig;
  await fake.fail({ method: 'chat.postMessage', after: true });
  const first = await poster.exhibit(to, await exhibit(), going());
  expect(await another().exhibit(to, await exhibit(), going())).toEqual(first);
  const [only, ...more] = await shown();
  expect(more).toEqual([]);
  expect(read(only ?? { blocks: [] })).toMatch(/^Number 3 .*\nThe film is too large for this place/);
  expect(buttonsOf(only ?? { blocks: [] }).map(({ label }) => label)).toEqual(['Open the film']);
  expect(JSON.stringify(only?.metadata)).toMatch(/dailies_exhibit/);
  expect(JSON.stringify(only?.metadata)).not.toContain('jaaaa');
});
