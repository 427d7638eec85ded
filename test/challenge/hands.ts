import { type ModelCard, modelCardSchema } from '../../src/domain/model.ts';
import type { SpaceKey } from '../../src/domain/origin.ts';
import type { House } from '../support/house.ts';

/** What a model of a small picture and a short film makes: drawn in a fifth of a second. */
export const tinyModels: readonly ModelCard[] = [
  modelCardSchema.parse({
    ...{ id: 'tiny', label: 'Tiny', seconds: [1, 2], defaultSeconds: 1, weight: 1, money: 0.01 },
    sizes: [{ size: '128x72', shape: '16:9', resolution: '0.1K' }],
    ...{ promptMax: 500, image: 'first_frame', usual: 1 },
  }),
];

/** A message as whoever sees it reads it. */
export interface Seen {
  text: string;
  /** Labels of its buttons, and the SHA-256 of its films. */
  buttons: string[];
  films: string[];
  /** Whether it notified anybody by name, a group or all. */
  rings: boolean;
  /** The chat's own, by which its buttons are pressed; `id` is another for each message. */
  id: string;
  where: string;
}

export type Values = Record<string, string | number>;

/** What members do in a chat, as its own clients do it. */
export interface Hands {
  house: House;
  space: SpaceKey;
  /** Who manages. */
  boss: string;
  /** Words of a theme that would notify members, if the chat took them for what they look like. */
  loud(member: string): string;
  /** How a member is named where a command takes one. */
  refer(member: string): string;
  /** Somebody comes into the space; their id. */
  join(name: string): Promise<string>;
  /** Somebody is gone for good. Where nobody can leave, nothing happens. */
  leave(member: string): Promise<void>;
  /** A command with its values, typed; the private answer. */
  ask(member: string, command: string, values?: Values): Promise<Seen>;
  /** A command whose form is opened, filled in and sent. */
  fill(member: string, command: string, values: Values): Promise<Seen>;
  press(member: string, message: Seen, label: string): Promise<Seen>;
  /** A press that opens a form, which is filled in and sent. */
  pressAndFill(member: string, message: Seen, label: string, values: Values): Promise<Seen>;
  /** A member deletes their own film, from where it was posted for all. */
  remove(member: string, job: string): Promise<Seen>;
  /** All that everybody in the space sees, in no order. */
  everybody(): Promise<Seen[]>;
  /** What a member was sent and nobody else sees, without answers. */
  alone(member: string): Promise<Seen[]>;
  /** What went to the log as an error. */
  errors(): unknown[];
}
