import type { Field } from './command.ts';
import type { ModelCard } from './model.ts';

/** Fields whose values differ from model to model: what is worth offering is read from the cards. */
const byModel: Record<string, (model: ModelCard) => readonly (string | number)[]> = {
  seconds: ({ seconds }) => seconds,
  size: ({ sizes }) => sizes.map(({ size }) => size),
  resolution: ({ sizes }) => sizes.map(({ resolution }) => resolution),
};

/** Whether {@link suggestions} may have something for a field. */
export function canSuggest(name: string, { kind }: Field): boolean {
  return (kind === 'integer' || kind === 'text') && Object.hasOwn(byModel, name);
}

/** Values worth offering for a field that takes others too. */
export function suggestions(name: string, field: Field, models: readonly ModelCard[]): string[] {
  if (field.kind === 'boolean') return ['yes', 'no'];
  const pick = canSuggest(name, field) ? byModel[name] : undefined;
  return pick ? [...new Set(models.flatMap(pick).map(String))] : [];
}

/** A model as a member chooses it: by its id or by a snapshot's. */
export function modelChoices(models: readonly ModelCard[]): { value: string; label: string }[] {
  return models.flatMap(({ id, label, snapshots }) => [
    { value: id, label },
    ...snapshots.map((snapshot) => ({ value: snapshot, label: `${label} (${snapshot})` })),
  ]);
}
