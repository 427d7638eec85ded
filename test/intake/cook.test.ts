import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import type { Origin } from '../../src/domain/origin.ts';
import { say } from '../../src/domain/words.ts';
import { cook, type Kitchen } from '../../src/intake/cook.ts';
import { cardWith } from '../support/card.ts';

const origin: Origin = {
  ...{ platform: 'web', space: 's', channel: 'c', user: 'ada', visibility: 'thread' },
};
const past = '2020-01-01';
const old = cardWith({ id: 'old', label: 'Old', snapshots: ['old-1'], retiresAt: past, successor: 'mid' });
const mid = cardWith({ id: 'mid', label: 'Mid', retiresAt: past, successor: 'new-1' });
const other = cardWith({ id: 'other', label: 'Other' });
const fresh = cardWith({
  ...{ id: 'new', label: 'New', snapshots: ['new-1'] },
  extras: { character_ids: { takes: 'texts', most: 2, by: 'member' } },
});
const all = [old, mid, other, fresh];

const kitchen = (models: ModelCard[], offered: ModelCard[], model?: string): Kitchen => ({
  models,
  offered: () => offered,
  defaults: () => ({ model, extras: {} }),
  pictures: { open: () => Promise.reject(new Error('no picture is expected')) },
});
const wish = (more: object = {}) => ({ prompt: 'x', count: 1, ...more });
const modelOf = async (...given: Parameters<typeof cook>) => (await cook(...given)).recipe.model;
async function refusal(...given: Parameters<typeof cook>): Promise<UserError> {
  const error = await cook(...given).catch((thrown: unknown) => thrown);
  if (error instanceof UserError) return error;
  throw new Error('it was not refused', { cause: error });
}

describe('a model that was named', () => {
  it.each(['new', 'new-1'])('is sent by the name it was given: %s', async (model) => {
    expect(await modelOf(wish({ model }), origin, kitchen(all, [other, fresh]))).toBe(model);
  });

  it.each(['old', 'old-1'])('and is retired (%s) is refused with its successor’s successor', async (model) => {
    const error = await refusal(wish({ model }), origin, kitchen(all, [other, fresh]));
    expect(error).toMatchObject({ refusal: 'invalid', field: 'model' });
    expect(say(error.said)).toBe('Old is not made any more. Choose New (new) instead.');
  });

  it('and is not served is refused with another that is', async () => {
    const error = await refusal(wish({ model: 'new' }), origin, kitchen(all, [other]));
    expect(say(error.said)).toBe('New is not on offer right now. Choose Other (other) instead.');
  });

  it('is refused in plain words when there is none at all', async () => {
    const error = await refusal(wish({ model: 'new' }), origin, kitchen(all, []));
    expect(error).toMatchObject({ refusal: 'unavailable', said: { word: 'model.none' } });
  });
});

describe('without a name', () => {
  it.each<[string, ModelCard[], string | undefined, string]>([
    ['the first', [other, fresh], undefined, 'new'],
    ['the operator’s', [other, fresh], 'other', 'other'],
    ['the operator’s snapshot', [other, fresh], 'new-1', 'new-1'],
    ['the operator’s, its successor where it is retired', [other, fresh], 'old-1', 'new'],
    ['the next that is served where the operator’s is not', [other], 'new', 'other'],
    ['the successor of a first that is retired', [other, fresh], undefined, 'new'],
  ])('it is %s', async (_what, offered, chosen, expected) => {
    expect(await modelOf(wish(), origin, kitchen(all, offered, chosen))).toBe(expected);
  });

  it('and without any that is served, nothing is taken', async () => {
    expect((await refusal(wish(), origin, kitchen(all, []))).said.word).toBe('model.none');
  });
});

describe('a film made again', () => {
  const recipe = { model: 'old-1', prompt: 'x', seconds: 4, size: '1280x720' } as const;
  it('is the very same while its model is offered, extras and all', async () => {
    const again = { ...recipe, model: 'new-1', extras: { seed: 3 } };
    expect((await cook({ recipe: again, parent: 'j' }, origin, kitchen(all, [fresh]))).recipe).toEqual(again);
  });
  it('is refused with the successor when its model retired', async () => {
    const error = await refusal({ recipe, parent: 'j' }, origin, kitchen(all, [other, fresh]));
    expect(say(error.said)).toBe('Old is not made any more. Choose New (new) instead.');
  });
  it('is refused with what there is when its model is no card any more', async () => {
    const error = await refusal({ recipe, parent: 'j' }, origin, kitchen([other], [other]));
    expect(say(error.said)).toBe('There is no model "old-1". Choose other.');
  });
});

describe('characters', () => {
  const all = [fresh];
  it.each([['a'], ['a,b'], ['a b'], [' a , b ']])(
    '%j are sent as a list, where the card lets members',
    async (characters) => {
      const { recipe } = await cook(wish({ characters }), origin, kitchen(all, all));
      expect(recipe.extras).toEqual({ character_ids: characters.match(/\w/g) });
    },
  );
  it('are refused beyond what the card takes', async () => {
    const error = await refusal(wish({ characters: 'a,b,c' }), origin, kitchen(all, all));
    expect(say(error.said)).toBe('"characters" takes at most 2, not 3.');
    expect(error.field).toBe('characters');
  });
});
