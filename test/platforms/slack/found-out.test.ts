import { describe, expect, test } from 'vitest';
import { Fenced } from '../../../src/ports.ts';
import { useClosing } from '../../support/closing.ts';
import { type PosterRigOptions, startPoster, withHistory } from './poster-rig.ts';

const { closing } = useClosing();
const begin = async (options: PosterRigOptions = {}) => closing(await startPoster(options));

describe('what went wrong once on the way out', () => {
  test('a card that comes late is one card, however often its edit is refused', async () => {
    const { fake, poster, origin, card, posts } = await begin();
    await fake.fail({ method: 'chat.update', times: 3, retryAfter: 1 });
    const late = { askedAt: Date.now() - 60_000 };
    const ref = await poster.card(origin, card(2, late), undefined);
    await expect(poster.card(origin, card(3, { ...late, state: 'failed' }), ref)).rejects.toMatchObject({
      waits: true,
    });
    expect((await posts()).words).toHaveLength(1);
  });

  test('whoever lost the job while the bytes went out has nothing posted', async () => {
    const { origin, post, posts } = await begin();
    let notes = 0;
    const note = async () => {
      notes += 1;
      if (notes > 1) throw new Fenced('another worker took the job over');
    };
    await expect(post(origin, { note })).rejects.toBeInstanceOf(Fenced);
    expect((await posts()).films).toEqual([]);
  });

  test('a file that was sent and not completed is completed by the next attempt, and not sent anew', async () => {
    const { fake, post, posts } = await begin();
    await fake.fail({ method: 'files.completeUploadExternal' });
    await expect(post()).rejects.toMatchObject({ name: 'TransientError' });
    await post();
    expect((await posts()).films).toHaveLength(1);
    expect((await fake.files()).map(({ state }) => state)).toEqual(['completed']);
  });

  test('a completion that Slack carries out late is the one that counts', async () => {
    const { fake, post, posts } = await begin();
    await fake.fail({ method: 'files.completeUploadExternal', after: true });
    await expect(post()).rejects.toMatchObject({ name: 'TransientError' });
    await post();
    expect((await posts()).films).toHaveLength(1);
    expect(await fake.files()).toHaveLength(1);
  });

  test('a film that cannot be looked at once it was sent goes nowhere else', async () => {
    const { fake, post, posts, world } = await begin();
    await fake.fail({ method: 'files.info', times: 2, error: 'access_denied' });
    for (let n = 0; n < 2; n += 1) await expect(post()).rejects.toMatchObject({ name: 'TransientError' });
    await post();
    expect((await posts()).films).toHaveLength(1);
    expect(await fake.dm(world.ada)).toBeNull();
  });

  test('a link is found again by its mark, also when files are taken once more', async () => {
    const link = (name: string) => ({ url: `https://films.example/${name}`, until: Date.now() + 1e9 });
    const { fake, post, posts } = await begin({ fake: { uploads: false }, slack: { link } });
    await fake.changeScopes({ scopes: withHistory });
    await fake.fail({ method: 'chat.postMessage', after: true });
    await post();
    await fake.configure({ uploads: true });
    await post();
    expect((await posts()).words).toHaveLength(1);
    expect((await posts()).films).toEqual([]);
  });

  test('a right that the workspace did not grant is told to the log, once, by its name', async () => {
    const { fake, post, log } = await begin();
    await fake.changeScopes({ scopes: ['chat:write'] });
    for (let n = 0; n < 2; n += 1) await expect(post()).rejects.toMatchObject({ name: 'TransientError' });
    const told = log.lines.filter(({ level }) => level === 'error');
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).toContain('files:write');
  });
});
