import type { Block } from './blocks.ts';
import { checkBlocks } from './check-blocks.ts';
import { removeFile, write } from './messages.ts';
import { type Call, channelOf, type Methods } from './method.ts';
import { fileObject } from './objects.ts';
import { mayPost, threadOf } from './posting.ts';
import { badArguments, badBlocks, Refused } from './refusals.ts';
import { botIn } from './who.ts';
import type { Channel, File, Row } from './world.ts';

/** A file that is there and that the app can see. */
function visible(call: Call): File {
  const file = call.world.files.get(call.args.need('file'));
  if (file?.state !== 'completed') throw new Refused(file?.state === 'deleted' ? 'file_deleted' : 'file_not_found');
  const { botUserId } = call.install;
  const shared = file.shares.some(({ channel }) => botIn(channel, botUserId));
  if (file.user !== botUserId && !file.handed && !shared) throw new Refused('file_not_found');
  return file;
}

function listed({ args }: Call): { id: string; title?: string }[] {
  let files: unknown;
  try {
    files = args.json('files');
  } catch {
    throw badArguments('must be an array [json-pointer:/files]');
  }
  if (!Array.isArray(files) || files.length === 0) throw badArguments('missing required field: files');
  return files;
}

/** The bot's message with the files comes when Slack has got round to it, where the channel and the thread are still there. */
function share(call: Call, files: File[], channel: Channel, threadTs: string | null, content: Row): void {
  const { world, install, team, execution } = call;
  const { shareDelayMs } = world.settings;
  if (shareDelayMs === null) return;
  world.clock.later(shareDelayMs, () => {
    const left = files.filter(({ state }) => state === 'completed');
    if (left.length === 0 || channel.archived) return;
    const from = { user: install.botUserId, botId: install.botId, team, execution, subtype: null };
    write(world, channel, { ...from, threadTs, files: left, ...content });
  });
}

export const files: Methods = {
  'files.getUploadURLExternal': {
    scopes: ['files:write'],
    run({ world, args, install, team }) {
      const [name, length] = [args.need('filename'), args.number('length')];
      if (length === undefined) throw badArguments('missing required field: length');
      if (!Number.isInteger(length) || length < 1) throw badArguments('must be greater than 0 [json-pointer:/length]');
      if (!world.settings.uploads) throw new Refused('file_uploads_disabled');
      if (length > world.settings.uploadLimit) throw new Refused('file_upload_size_restricted');
      const file: File = {
        ...{ id: world.ids.next('F'), team, user: install.botUserId, name, title: name, size: length, sha256: '' },
        ...{ mimetype: mimetypeOf(name), created: world.clock.now(), state: 'announced', secret: world.ids.secret() },
        ...{ shares: [], bytes: null, zeros: false, handed: false },
      };
      world.files.set(file.id, file);
      return { upload_url: `${world.origin}/upload/v1/${file.id}-${file.secret}`, file_id: file.id };
    },
  },
  'files.completeUploadExternal': {
    scopes: ['files:write'],
    run(call) {
      const { world, args, install } = call;
      const found = listed(call).map(({ id, title }) => {
        const file = world.files.get(id);
        if (file?.state !== 'uploaded' || file.user !== install.botUserId) throw new Refused('file_not_found');
        return { file, title };
      });
      const id = args.text('channel_id');
      if (id !== undefined && !/^[CGD][A-Z0-9]+$/.test(id))
        throw badArguments('must match pattern: ^[CGD][A-Z0-9]{1,}$ [json-pointer:/channel_id]');
      const channel = id === undefined ? null : channelOf(call, id);
      if (channel) mayPost(call, channel);
      const threadTs = channel ? threadOf(call, channel) : null;
      const text = args.text('initial_comment') ?? '';
      const blocks = text === '' ? ((args.json('blocks') ?? []) as Block[]) : [];
      const wrong = checkBlocks(blocks, 'message');
      if (wrong.length > 0) throw badBlocks(wrong);
      for (const { file, title } of found) {
        file.state = 'completed';
        if (title) file.title = title;
      }
      const done = found.map(({ file }) => file);
      const answer = done.map((file) => fileObject(world, file));
      if (channel) share(call, done, channel, threadTs, { text, blocks });
      return { files: answer };
    },
  },
  'files.info': {
    scopes: ['files:read'],
    run: (call) => ({ file: fileObject(call.world, visible(call)), comments: [] }),
  },
  'files.delete': {
    scopes: ['files:write'],
    run(call) {
      const file = visible(call);
      if (file.user !== call.install.botUserId) throw new Refused('cant_delete_file');
      removeFile(file);
      return {};
    },
  },
};

const types: Record<string, string> = {
  ...{ mp4: 'video/mp4', png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif' },
  ...{ webp: 'image/webp', webm: 'video/webm', mov: 'video/quicktime', txt: 'text/plain', mp3: 'audio/mpeg' },
};

const mimetypeOf = (name: string): string =>
  types[name.split('.').pop()?.toLowerCase() ?? ''] ?? 'application/octet-stream';
