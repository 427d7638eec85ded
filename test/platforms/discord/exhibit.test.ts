import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { MessageFlags } from 'discord.js';
import { expect, test } from 'vitest';
import { CannotPost, TransientError } from '../../../src/domain/errors.ts';
import type { Asset } from '../../../src/domain/job.ts';
import type { Exhibit, Place } from '../../../src/ports.ts';
import { useClosing } from '../../support/closing.ts';
import { type PosterRig, startPoster } from './poster-rig.ts';
import { adapterOn } from './rig.ts';

const mib = 1024 * 1024;
const { closing, later } = useClosing();
const going = (): AbortSignal => new AbortController().signal;
const poster = async (...given: Parameters<typeof startPoster>) => {
  const rig = closing(await startPoster(...given));
  const to: Place = { platform: 'discord', space: rig.world.guild, channel: rig.world.channel };
  return { ...rig, to, shown: () => rig.fake.messages(rig.world.channel) };
};

/** An exhibit of so many bytes on the disk. */
async function exhibitOf(
  { filmOf }: Pick<PosterRig, 'filmOf'>,
  bytes = 1_000,
  more: Partial<Exhibit> = {},
): Promise<Exhibit> {
  const { asset, file } = await filmOf(bytes);
  const base = { key: 'cabcdefg2-3', repeated: false, before: undefined, note: async () => undefined };
  return { ...base, caption: 'Number 3', spoiler: false, asset, file, ...more };
}

test('a film is shown with its caption alone, under a name that tells its number and no more', async () => {
  const rig = await poster();
  await rig.poster.exhibit(rig.to, await exhibitOf(rig), going());
  await rig.poster.exhibit(
    rig.to,
    await exhibitOf(rig, 1_000, { key: 'b', caption: 'The last', spoiler: true }),
    going(),
  );
  const shown = await rig.shown();
  expect(shown.map(({ content }) => content.replace(/[\u200b\u200c]/g, ''))).toEqual(['Number 3', 'The last']);
  expect(shown.map(({ attachments: [one] }) => [one?.filename, one?.description])).toEqual([
    ['film-3.mp4', 'Number 3'],
    ['SPOILER_film.mp4', 'A film, covered until you open it'],
  ]);
  for (const { flags, components, reference } of shown) {
    expect(flags & MessageFlags.SuppressNotifications).not.toBe(0);
    expect([components, reference]).toEqual([[], null]);
  }
});

test('one whose answer was lost is found again when its nonce is forgotten; another with the same caption is not taken for it', async () => {
  const rig = await poster();
  const { fake, world, to } = rig;
  await rig.poster.exhibit(to, await exhibitOf(rig, 1_000, { key: 'other' }), going());
  await fake.fail({ method: 'POST', path: `/channels/${world.channel}/messages$`, times: 2, cut: 'after' });
  await expect(rig.poster.exhibit(to, await exhibitOf(rig), going())).rejects.toThrow(TransientError);
  await fake.advance(600_000);
  const worker = adapterOn(fake);
  later(worker.discord.close);
  const again = await exhibitOf(rig, 1_000, { repeated: true });
  const { ref } = await worker.discord.poster.exhibit(to, again, going());
  const shown = await rig.shown();
  expect(shown).toHaveLength(2);
  expect(ref).toBe(`${world.channel}/${shown[1]?.id}`);
});

test('one that is too large is made smaller, else linked, and says nothing of how it was', async () => {
  const smaller: Asset = { name: 'small.mp4', bytes: 2_000, seconds: 8, width: 640, height: 360 };
  let fits = true;
  const rig = await poster(
    {},
    {
      fitting: { fit: async () => (fits ? smaller : undefined) },
      link: (name) => ({ url: `https://films.example/media/x.${name}`, until: Date.UTC(2026, 11, 24) }),
    },
  );
  const { fake, to } = rig;
  await rig.filmOf(2_000).then(({ file }) => rename(file, join(rig.folder.path, smaller.name)));
  await rig.poster.exhibit(to, await exhibitOf(rig, 12 * mib), going());
  fits = false;
  await rig.poster.exhibit(to, await exhibitOf(rig, 12 * mib, { key: 'linked', spoiler: true }), going());
  const [fitted, linked] = (await rig.shown()).map(({ content, ...rest }) => ({
    ...{ ...rest, content: content.replace(/[\u200b\u200c]/g, '') },
  }));
  expect(fitted).toMatchObject({ content: 'Number 3', attachments: [{ filename: 'film-3.mp4', size: 2_000 }] });
  expect(linked?.content).toMatch(/^Number 3 is too large.*: \|\|https:\/\/films\.example\/media\/x\.\d+\.mp4\|\|$/);
  expect(linked?.attachments).toEqual([]);
  await fake.fail({ method: 'POST', path: '/messages$', status: 403, code: 50_013 });
  await expect(rig.poster.exhibit(to, await exhibitOf(rig, 1_000, { key: 'c' }), going())).rejects.toThrow(CannotPost);
});

test('an upload that is stopped ends with its reason', async () => {
  const rig = await poster();
  const reason = new Error('out of time');
  const exhibit = await exhibitOf(rig);
  await expect(rig.poster.exhibit(rig.to, exhibit, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(await rig.shown()).toEqual([]);
});
