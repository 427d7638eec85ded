import type { Wanted } from '../domain/command.ts';
import { UserError } from '../domain/errors.ts';
import { isTaken, type Json } from '../domain/extras.ts';
import type { ModelCard } from '../domain/model.ts';

/** The options of members that are extra parameters of models, by the name that is sent. */
const options = [
  { field: 'original', name: 'detect_and_block_ip' },
  { field: 'characters', name: 'character_ids' },
] as const;

/** The extra parameters that a member set. What the model does not take, or leaves to the operator, is a {@link UserError} with its field. */
export function memberExtras(wanted: Wanted, model: ModelCard): Record<string, Json> {
  const set = options.flatMap(({ field, name }): [string, Json][] => {
    const given = wanted[field];
    if (given === undefined) return [];
    const extra = model.extras[name];
    if (extra?.by === 'operator')
      throw new UserError('invalid', { word: 'extra.operator', with: { field } }, { field });
    const value = typeof given === 'string' ? given.split(/[\s,]+/).filter((text) => text !== '') : given;
    if (extra?.most !== undefined && Array.isArray(value) && value.length > extra.most) {
      const { most } = extra;
      throw new UserError('invalid', { word: 'extra.most', with: { field, most, got: value.length } }, { field });
    }
    if (!extra || !isTaken(extra, value)) {
      throw new UserError('invalid', { word: 'extra.none', with: { model: model.label, field } }, { field });
    }
    return [[name, value]];
  });
  return Object.fromEntries(set);
}

/** Of a film's extra parameters those that members may set on this model, with the values that it takes. */
export function keptExtras(extras: Readonly<Record<string, Json>>, model: ModelCard): Record<string, Json> {
  const kept = Object.entries(model.extras).flatMap(([name, extra]): [string, Json][] => {
    const value = Object.hasOwn(extras, name) ? extras[name] : undefined;
    return extra.by === 'member' && value !== undefined && isTaken(extra, value) ? [[name, value]] : [];
  });
  return Object.fromEntries(kept);
}
