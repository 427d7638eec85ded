import { type APIMessageTopLevelComponent, ComponentType } from 'discord.js';
import { attachmentBody } from './cdn.ts';
import type { Message, World } from './world.ts';

/** A component of whatever kind, as it is read from a body. */
export interface Loose {
  type: number;
  id?: number;
  custom_id?: string;
  disabled?: boolean;
  components?: Loose[];
  component?: Loose;
  accessory?: Loose;
  [key: string]: unknown;
}

/** Every component in a tree, depth first, the outer before the inner. */
export function* everyComponent(list: readonly unknown[]): Generator<Loose> {
  for (const one of list as Loose[]) {
    yield one;
    if (one.component) yield* everyComponent([one.component]);
    if (one.components) yield* everyComponent(one.components);
    if (one.accessory) yield* everyComponent([one.accessory]);
  }
}

/** The text that a message shows by its components, its mentions included. */
export const textOf = (components: readonly APIMessageTopLevelComponent[]): string =>
  [...everyComponent(components)]
    .map((one) => (one.type === ComponentType.TextDisplay ? String(one.content) : ''))
    .join('\n');

/** Gives each component the `id` that Discord gives those without one. */
export function numbered<Tree extends object>(components: readonly Tree[]): Tree[] {
  const copy = structuredClone(components) as Tree[];
  const taken = new Set([...everyComponent(copy)].map(({ id }) => id));
  let next = 1;
  for (const one of everyComponent(copy)) {
    if (one.id !== undefined && one.id !== 0) continue;
    while (taken.has(next)) next++;
    one.id = next++;
  }
  return copy;
}

/** The files that a tree of components or embeds shows by `attachment://`. */
export function shownFiles(tree: unknown): string[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.values(tree).flatMap((value) => {
    if (typeof value !== 'string') return shownFiles(value);
    return value.startsWith('attachment://') ? [value.slice('attachment://'.length)] : [];
  });
}

/** The tree with every `attachment://` in it resolved to the file's link. */
export function resolved<Tree>(world: World, message: Message, tree: Tree): Tree {
  const media = (url: string) => {
    const file = message.attachments.find(({ filename }) => `attachment://${filename}` === url);
    if (!file) return {};
    const { id: attachment_id, filename: _name, size: _size, ...body } = attachmentBody(world, file);
    return { ...body, attachment_id };
  };
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const walked = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, walk(one)]));
    return typeof walked.url === 'string' ? { ...walked, ...media(walked.url) } : walked;
  };
  return walk(tree) as Tree;
}
