import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GivenFile } from './api.ts';
import { receiveFile } from './body.ts';
import { answer, note, type Traffic } from './traffic.ts';
import type { File, Team, User, World } from './world.ts';

const text = { 'content-type': 'text/plain; charset=utf-8' };

const zerosOf = (size: number): Buffer[] => {
  const block = Buffer.alloc(65_536);
  const whole = Array.from({ length: Math.floor(size / block.length) }, () => block);
  return [...whole, block.subarray(0, size % block.length)];
};

/** A file that a member sends. */
export function takeFile(world: World, team: Team, user: User, given: GivenFile): File {
  const bytes = 'base64' in given ? Buffer.from(given.base64, 'base64') : null;
  const hash = createHash('sha256');
  if (bytes) hash.update(bytes);
  else if ('size' in given) for (const part of zerosOf(given.size)) hash.update(part);
  const file: File = {
    ...{ id: world.ids.next('F'), team, user: user.id, name: given.name, title: given.title ?? given.name },
    ...{
      mimetype: given.mimetype,
      size: 'size' in given ? given.size : (bytes?.length ?? 0),
      sha256: hash.digest('hex'),
    },
    ...{ created: world.clock.now(), state: 'completed', secret: '', shares: [], bytes, zeros: bytes === null },
    handed: false,
  };
  world.files.set(file.id, file);
  return file;
}

/** Upload targets and the downloads of files. */
export function createStorage(traffic: Traffic) {
  const { world } = traffic;

  async function upload(request: IncomingMessage, reply: ServerResponse, url: URL): Promise<void> {
    const [id = '', secret] = url.pathname.slice('/upload/v1/'.length).split('-');
    const file = world.files.get(id);
    const seen = note(world, { method: 'upload', team: file?.team.id ?? null, args: { file: id } });
    const came = await receiveFile(request).catch(() => null);
    // The client went away; nothing has come of it.
    if (!came) return void request.socket.destroy();
    world.uploaded += came.size;
    seen.bytes = came.size;
    await answer(traffic, request, reply, seen, () => {
      if (!file || file.secret !== secret) return { status: 404, body: 'not found', headers: text, error: 'not_found' };
      const open = file.state === 'announced' || file.state === 'uploaded';
      if (!open) return { status: 400, body: 'already completed', headers: text, error: 'already_completed' };
      if (came.size !== file.size)
        return { status: 400, body: 'length mismatch', headers: text, error: 'length_mismatch' };
      Object.assign(file, { sha256: came.sha256, bytes: came.bytes, state: 'uploaded' });
      return { status: 200, body: `OK - ${came.size}`, headers: text };
    });
  }

  async function download(request: IncomingMessage, reply: ServerResponse, url: URL): Promise<void> {
    const [, folder = ''] = url.pathname.slice(1).split('/');
    const file = world.files.get(folder.split('-')[1] ?? '');
    const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const install = world.installations.get(token);
    const kind = token === '' ? null : (token.split('-')[0] ?? null);
    const args = { file: file?.id ?? null };
    const seen = note(world, { method: 'download', team: file?.team.id ?? null, args, token: kind });
    await answer(traffic, request, reply, seen, () => {
      const known = install?.state === 'active' && install.scopes.includes('files:read');
      if (!known || !file || file.team.install !== install) {
        const body = '<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to Slack</body></html>';
        return { status: 200, body, headers: { 'content-type': 'text/html; charset=utf-8' }, error: 'login' };
      }
      const bytes = file.zeros ? Buffer.concat(zerosOf(file.size)) : file.bytes;
      if (!bytes || file.state === 'deleted') return { status: 404, body: '', error: 'file_not_found' };
      const headers = { 'content-type': file.mimetype, 'content-length': String(bytes.length) };
      return { status: 200, body: bytes, headers };
    });
  }

  return { upload, download };
}
