import type { APIAttachment, APIMessage, APIRole, APIUser } from 'discord.js';
import { Impossible } from '../controller.ts';
import type { GivenFile } from './api.ts';
import { forBot, upload } from './attachments.ts';
import { memberBody, partialChannelBody, roleBody, userBody } from './bodies.ts';
import { attachmentBody } from './cdn.ts';
import { permissionsIn } from './permissions.ts';
import type { Channel, World } from './world.ts';

interface ResolvedBody {
  users?: Record<string, APIUser>;
  members?: Record<string, object>;
  roles?: Record<string, APIRole>;
  channels?: Record<string, object>;
  attachments?: Record<string, APIAttachment>;
  messages?: Record<string, APIMessage>;
}

/** What the ids in an interaction stand for, gathered for its `resolved`; each verb gives the id that goes into the options. */
export interface Resolver {
  user(id: string): string;
  role(id: string): string;
  /** `types`: the only ones that may be chosen. */
  channel(id: string, types?: readonly number[]): string;
  mentionable(id: string): string;
  file(file: GivenFile): string;
  /** Undefined where nothing was resolved. */
  body(): ResolvedBody | undefined;
}

/** Whether a file fits a list of `image`, `video`, `audio` and `.ext`; by its name only, as Discord's clients look at it. */
export function fits(file: GivenFile, types: readonly string[] | undefined): boolean {
  if (!types?.length) return true;
  const [kind = ''] = file.contentType.split('/');
  return types.some((type) =>
    type.startsWith('.') ? file.name.toLowerCase().endsWith(type.toLowerCase()) : type === kind,
  );
}

export function createResolver(world: World, channel: Channel, uploadLimit: number): Resolver {
  const found: ResolvedBody = {};
  const resolver: Resolver = {
    user(id) {
      const user = world.users.get(id);
      if (!user) throw new Impossible(`there is no user ${id}`);
      found.users = { ...found.users, [id]: userBody(user) };
      const member = channel.guild?.members.get(id);
      if (member) {
        const { user: _, deaf: _deaf, mute: _mute, ...body } = memberBody(member);
        found.members = { ...found.members, [id]: { ...body, permissions: String(permissionsIn(channel, id)) } };
      }
      return id;
    },
    role(id) {
      const role = channel.guild?.roles.get(id);
      if (!role) throw new Impossible(`there is no role ${id}`);
      found.roles = { ...found.roles, [id]: roleBody(role, 1) };
      return id;
    },
    channel(id, types) {
      const other = world.channels.get(id);
      if (!other) throw new Impossible(`there is no channel ${id}`);
      if (types?.length && !types.includes(other.type)) throw new Impossible(`the channel ${id} is of another kind`);
      found.channels = { ...found.channels, [id]: partialChannelBody(other, permissionsIn(other, world.bot.id)) };
      return id;
    },
    mentionable: (id) => (channel.guild?.roles.has(id) ? resolver.role(id) : resolver.user(id)),
    file(file) {
      const attachment = upload(world, file, forBot(world));
      if (attachment.size > uploadLimit) throw new Impossible(`${file.name} is larger than ${uploadLimit} bytes`);
      found.attachments = { ...found.attachments, [attachment.id]: attachmentBody(world, attachment) };
      return attachment.id;
    },
    body: () => (Object.keys(found).length > 0 ? found : undefined),
  };
  return resolver;
}
