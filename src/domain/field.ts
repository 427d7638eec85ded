import type { Platform } from './origin.ts';
import type { PlainWord } from './words.ts';

/** A file that a member attached. `open` yields its bytes; the platform brings its own access rights to it. */
export interface FileRef {
  name: string;
  /** Bytes, where the platform tells it beforehand. */
  size?: number;
  open(): AsyncIterable<Uint8Array>;
}

interface FieldBase {
  label: PlainWord;
  hint?: PlainWord;
  required?: boolean;
  /** Optional as typed, but asked for by form when it is missing. */
  ask?: boolean;
  /** Typed without its name, it may stand before all other words. */
  positional?: boolean;
  /** Shown behind "more". */
  advanced?: boolean;
  /** The model's own parameter that it sets: offered only where some model lets members set that. */
  extra?: string;
  /** The platforms that have what it is about; all when left out. */
  only?: readonly Platform[];
}
export type Field = FieldBase &
  (
    | { kind: 'text'; max: number; multiline?: boolean }
    | { kind: 'choice'; choices: readonly { value: string; label: PlainWord }[] }
    | { kind: 'integer'; min: number; max: number; default?: number }
    | { kind: 'boolean' }
    | { kind: 'image' }
    | { kind: 'model' }
    | { kind: 'job' }
    /** Somebody of the space, by the chat's own id. */
    | { kind: 'member' }
    /** A channel of the space, by the chat's own id. */
    | { kind: 'channel'; clears?: boolean }
    /** A role or a group of users, by the chat's own id. The studio has none: a field of this kind is `only` for the chats that do. */
    | { kind: 'role'; clears?: boolean }
    | { kind: 'quote' }
  );
/** What a field that `clears` is given where nobody, or no place, is meant. */
export const nobody = 'nobody';
/** Kinds of what a chat knows by ids of its own. */
export const idKinds = ['member', 'channel', 'role'] as const;
export type IdKind = (typeof idKinds)[number];
export const isIdKind = (kind: Field['kind'] | undefined): kind is IdKind => idKinds.some((one) => one === kind);

export type Fields = Readonly<Record<string, Field>>;

interface ValueKinds {
  integer: number;
  boolean: boolean;
  image: FileRef;
}
type ValueOf<F extends Field> = F['kind'] extends keyof ValueKinds ? ValueKinds[F['kind']] : string;
export type Values<F extends Fields> = {
  [K in keyof F as F[K]['required'] extends true ? K : never]: ValueOf<F[K]>;
} & { [K in keyof F as F[K]['required'] extends true ? never : K]?: ValueOf<F[K]> | undefined };
