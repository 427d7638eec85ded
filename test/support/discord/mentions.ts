import { AllowedMentionsTypes, type APIAllowedMentions } from 'discord.js';
import { has, permissionsIn } from './permissions.ts';
import type { Problems } from './refusals.ts';
import type { Mentions, Message, User, World } from './world.ts';

const types: readonly string[] = Object.values(AllowedMentionsTypes);

/** The rules that `allowed_mentions` itself must keep. */
export function checkAllowedMentions(allowed: APIAllowedMentions | undefined, problems: Problems): void {
  if (!allowed) return;
  const at = 'allowed_mentions';
  for (const [index, type] of (allowed.parse ?? []).entries())
    if (!types.includes(type))
      problems.add([at, 'parse', index], 'BASE_TYPE_CHOICES', `Value must be one of {${types.join(', ')}}.`);
  for (const [list, type] of [
    ['users', AllowedMentionsTypes.User],
    ['roles', AllowedMentionsTypes.Role],
  ] as const) {
    if ((allowed[list]?.length ?? 0) > 100) problems.length([at, list], allowed[list], 0, 100);
    if (allowed[list]?.length && allowed.parse?.includes(type))
      problems.add(
        [at],
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${list}"] and ${list}: [ids...] are mutually exclusive.`,
      );
  }
}

export const noMentions = (): Mentions => ({ users: new Set(), roles: new Set(), everyone: false });

export function mergeMentions(into: Mentions, more: Mentions): void {
  for (const user of more.users) into.users.add(user);
  for (const role of more.roles) into.roles.add(role);
  into.everyone ||= more.everyone;
}

/**
 * Whom a text mentions: by default users, roles and everyone, through a webhook users only. Roles that are not mentionable, and
 * everyone, need MentionEveryone. Unlike Discord it takes mentions within code for mentions, too.
 */
export function mentionsOf(
  world: World,
  { channel, author, reference }: Pick<Message, 'channel' | 'author' | 'reference'>,
  text: string,
  { allowed, webhook }: { allowed: APIAllowedMentions | undefined; webhook: boolean },
): Mentions {
  const byDefault = webhook ? [AllowedMentionsTypes.User] : Object.values(AllowedMentionsTypes);
  const parse = allowed ? (allowed.parse ?? []) : byDefault;
  const mentions = noMentions();
  const may = has(permissionsIn(channel, author.id), 'MentionEveryone');
  for (const [, id = ''] of text.matchAll(/<@!?(\d+)>/g)) {
    const meant = parse.includes(AllowedMentionsTypes.User) || allowed?.users?.includes(id);
    if (meant && world.users.has(id)) mentions.users.add(id);
  }
  for (const [, id = ''] of text.matchAll(/<@&(\d+)>/g)) {
    const role = channel.guild?.roles.get(id);
    const meant = parse.includes(AllowedMentionsTypes.Role) || allowed?.roles?.includes(id);
    if (role && meant && (role.mentionable || may)) mentions.roles.add(id);
  }
  const all = channel.guild && may && parse.includes(AllowedMentionsTypes.Everyone);
  mentions.everyone = Boolean(all) && /@(everyone|here)/.test(text);
  const replied: User | undefined = reference ? world.messages.get(reference.messageId)?.author : undefined;
  if (replied && (allowed ? allowed.replied_user === true : true)) mentions.users.add(replied.id);
  return mentions;
}
