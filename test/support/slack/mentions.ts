import type { Block } from './blocks.ts';
import type { Pinged } from './world.ts';

const pattern = /<(?:@([UW][A-Z0-9]+)|!subteam\^(S[A-Z0-9]+)|!(channel|here|everyone))(?:\|[^>]*)?>/g;

export const nobody = (): Pinged => ({ users: new Set(), groups: new Set(), everyone: false });

function ofText(text: string, into: Pinged): void {
  for (const [, user, group, all] of text.matchAll(pattern)) {
    if (user) into.users.add(user);
    if (group) into.groups.add(group);
    if (all) into.everyone = true;
  }
}

function ofBlocks(value: unknown, into: Pinged, rich: boolean): void {
  if (Array.isArray(value)) {
    for (const one of value) ofBlocks(one, into, rich);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const { type, text, user_id, usergroup_id } = value as Record<string, unknown>;
  if ((type === 'mrkdwn' || type === 'markdown') && typeof text === 'string') ofText(text, into);
  const inside = rich || type === 'rich_text';
  if (inside && type === 'user' && typeof user_id === 'string') into.users.add(user_id);
  if (inside && type === 'usergroup' && typeof usergroup_id === 'string') into.groups.add(usergroup_id);
  if (inside && type === 'broadcast') into.everyone = true;
  for (const one of Object.values(value)) if (typeof one === 'object') ofBlocks(one, into, inside);
}

/** Whom a message pings: by its text where it shows, and by its blocks, but never by plain_text. */
export function pingsOf(text: string, blocks: readonly Block[], into: Pinged = nobody()): Pinged {
  ofText(text, into);
  ofBlocks(blocks, into, false);
  return into;
}
