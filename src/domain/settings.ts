import { z } from 'zod';
import type { SpaceKey } from './origin.ts';

/** What those who manage a space have settled for it. */
export const settingsSchema = z.object({
  /** Credits for all workflows together, anew in each window. */
  workflowCredits: z.int().min(0).max(1_000_000),
  /** The chat's own id of the role or group of users that moderates, besides those who do by the chat's rights. */
  moderators: z.string().min(1).exactOptional(),
  /** The one that manages. */
  managers: z.string().min(1).exactOptional(),
  /** The chat's own id of the channel where moderators and managers are told of what they should know. */
  staff: z.string().min(1).exactOptional(),
  /** No new films are asked for: why, and until when in Unix milliseconds where that is known. */
  paused: z.object({ why: z.string(), until: z.int().exactOptional() }).exactOptional(),
  /** Whether guests may ask for films. */
  guests: z.boolean(),
  /** Whether people of other spaces may, where a channel is shared with them. */
  strangers: z.boolean(),
});
export type Settings = z.infer<typeof settingsSchema>;

/** What is settled anew; `null`: as if it never was. */
export type SettingsChange = { [Name in keyof Settings]?: Settings[Name] | null };

/** What holds where nothing was settled. */
export const usualSettings: Settings = { workflowCredits: 0, guests: false, strangers: false };

/** The pause that holds at a moment. */
export const pausedAt = ({ paused }: Pick<Settings, 'paused'>, at: number): Settings['paused'] =>
  paused !== undefined && (paused.until === undefined || at < paused.until) ? paused : undefined;

/** The settings of spaces. Redis away: `UserError`, in plain words. */
export interface SpaceSettings {
  read(space: SpaceKey): Promise<Settings>;
  /** Settles what is given, and notes who did. Returns the settings as they are then. */
  change(space: SpaceKey, change: SettingsChange, by: string): Promise<Settings>;
}
