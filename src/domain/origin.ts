import { z } from 'zod';

/** Where something was asked: plain JSON, without tokens, so that it can lie in a record for weeks. */
export const originSchema = z.object({
  platform: z.enum(['web', 'discord', 'slack']),
  /** Guild, workspace or studio: the unit that has quotas, policies and a Redis slot of its own. */
  space: z.string().min(1),
  channel: z.string().min(1),
  /** The thread inside the channel, where the platform has one. */
  thread: z.string().min(1).optional(),
  /** The message that asked, where there is one. */
  message: z.string().min(1).optional(),
  /** The execution id of the workflow step that asked. */
  step: z.string().min(1).optional(),
  /** Who asked; where a workflow did, {@link workflowMember}, or the member that its step acts for. */
  user: z.string().min(1),
  /**
   * The thread (`true`), or the whole `channel`, is open only to those who were let in: what was asked there is shown nowhere else, but to
   * its member alone.
   */
  closed: z.union([z.literal(true), z.literal('channel')]).optional(),
  /** `private`: only its member ever sees it. */
  visibility: z.enum(['thread', 'private']),
  locale: z.string().min(2).optional(),
});

export type Origin = z.infer<typeof originSchema>;
export type Platform = Origin['platform'];

/** Who pays where a step of a workflow asks, the space's own budget for that; and who asks, unless the step acts for a member. No chat that has workflows gives a member this id. */
export const workflowMember = 'workflow';

/** Whether a workflow asks in nobody's name. */
export const isNobodys = ({ step, user }: Pick<Origin, 'step' | 'user'>): boolean =>
  step !== undefined && user === workflowMember;

/** `<platform>-<base32(space)>`: the name of a space in keys and wake-ups; letters, digits and one dash. */
export type SpaceKey = `${Platform}-${string}`;

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 base32, lower case, without padding. */
export function base32(bytes: Uint8Array): string {
  let out = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += alphabet[(value >>> bits) & 31];
    }
    value &= 31;
  }
  return bits > 0 ? out + alphabet[(value << (5 - bits)) & 31] : out;
}

/** The bytes of lower-case base32. */
function unbase32(text: string): Uint8Array {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of text) {
    value = (value << 5) | alphabet.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >>> bits) & 255);
    }
    value &= 0xff;
  }
  return Uint8Array.from(bytes);
}

/** The space that a key names, by its chat's own id. */
export function spaceOf(key: SpaceKey): Pick<Origin, 'platform' | 'space'> {
  const cut = key.indexOf('-');
  const platform = key.slice(0, cut) as Platform;
  return { platform, space: new TextDecoder().decode(unbase32(key.slice(cut + 1))) };
}

export function spaceKey(origin: Pick<Origin, 'platform' | 'space'>): SpaceKey {
  return `${origin.platform}-${base32(new TextEncoder().encode(origin.space))}`;
}
