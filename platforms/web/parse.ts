import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { filmActions, moreActions } from '../../src/domain/card.ts';
import { type Call, type Command, type FileRef, findCommand } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import { parseText } from '../../src/domain/text.ts';
import { memberPattern, withIds } from './refer.ts';
import { type StudioWord, say } from './words.ts';

/** A request that the studio does not understand or let in; `field` names what is wrong with it. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
  readonly status: 400 | 401 | 403 | 404;
  readonly field: string | undefined;

  constructor(word: StudioWord, field?: string, status: 400 | 401 | 403 | 404 = 400) {
    super(say(word));
    this.status = status;
    this.field = field;
  }
}

/** Bytes that one request may bring. */
const bodyMax = 32 * 1024 * 1024;

/** The member's name as sent, percent-encoded or plain. */
export function readMember(sent: string | undefined): string {
  let name = '';
  try {
    name = decodeURIComponent(sent ?? '').normalize('NFC');
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  if (!memberPattern.test(name)) throw new BadRequest('error.member', 'X-Member');
  return name;
}

/**
 * A request's body, or nothing when it is larger than {@link bodyMax}: then the rest flows by unread and unkept, so that
 * the sender, still sending, can be answered. `ended` is when it has all passed or the sender is gone.
 */
export function readBody(incoming: IncomingMessage): { bytes: Promise<Buffer | undefined>; ended: Promise<void> } {
  const ended = new Promise<void>((resolve) => {
    incoming
      .once('end', resolve)
      .once('close', resolve)
      .once('error', () => resolve());
    if (incoming.readableEnded || incoming.destroyed) resolve();
  });
  const bytes = new Promise<Buffer | undefined>((resolve, reject) => {
    let kept: Buffer[] = [];
    let size = 0;
    const give = (value: Buffer | undefined): void => {
      kept = [];
      resolve(value);
    };
    if (Number(incoming.headers['content-length'] ?? 0) > bodyMax) give(undefined);
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > bodyMax) give(undefined);
      else kept.push(chunk);
    });
    incoming.once('end', () => give(Buffer.concat(kept)));
    incoming.once('error', reject);
    incoming.once('close', () => reject(new BadRequest('error.form')));
  });
  return { bytes, ended };
}

/** What a request asks for, before it has a key and a place. */
export interface Asked {
  command: string;
  values: Record<string, unknown>;
  files: Record<string, FileRef>;
  id: string | undefined;
  /** It waits for an answer, and may be answered with a price to be confirmed. */
  ask: boolean;
  /** Its answer is for the page that asked alone, and does not go onto the board. */
  quiet: boolean;
}

const idSchema = z.string().min(1).max(128).optional();
const shared = { id: idSchema, ask: z.boolean().default(false) };
const call = { ...shared, quiet: z.boolean().default(false) };
const wishSchema = z.union([
  z.strictObject({
    command: z.string().max(100),
    values: z.record(z.string(), z.unknown()).default({}),
    text: z.undefined().optional(),
    ...call,
  }),
  z.strictObject({ text: z.string().max(40_000), command: z.undefined().optional(), ...call }),
]);

function asked(body: unknown, files: Record<string, FileRef>, commands: readonly Command[], wrong: StudioWord): Asked {
  const read = wishSchema.safeParse(body);
  if (!read.success) {
    const badId = read.error.issues.some((issue) => issue.code === 'invalid_union' && idIsBad(body));
    throw badId ? new BadRequest('error.id', 'id') : new BadRequest(wrong);
  }
  const wish = read.data;
  const typed =
    wish.text === undefined ? { command: wish.command.trim(), values: wish.values } : parseText(wish.text, commands);
  const path = typed?.command ?? wish.text?.trim().split(/\s/)[0]?.replace(/^\//, '') ?? '';
  if (!typed || !findCommand(commands, path)) {
    throw new UserError('unknown', { word: 'command.unknown', with: { got: path.slice(0, 40) } }, { field: 'command' });
  }
  const { id, ask, quiet } = wish;
  return { command: path, values: withIds(path, typed.values, commands), files, id, ask, quiet };
}

function idIsBad(body: unknown): boolean {
  return body !== null && typeof body === 'object' && 'id' in body && !idSchema.safeParse(body.id).success;
}

/** Bytes of JSON that one request may bring: more than any command's values, and few enough that reading them holds nobody up. */
const jsonMax = 512 * 1024;

/** A JSON body; throws {@link BadRequest} for what is none, or more than {@link jsonMax}. */
export function readJson(bytes: Buffer): unknown {
  if (bytes.byteLength > jsonMax) throw new BadRequest('error.json');
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new BadRequest('error.json');
    throw error;
  }
}

function fileRef(file: File): FileRef {
  return {
    name: file.name,
    size: file.size,
    async *open() {
      yield new Uint8Array(await file.arrayBuffer());
    },
  };
}

/** What of a form is JSON; the rest is text and files. */
const jsonParts = ['values', 'ask', 'quiet'];

async function readForm(bytes: Buffer, type: string): Promise<{ body: unknown; files: Record<string, FileRef> }> {
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch((error: unknown) => {
    if (error instanceof TypeError) throw new BadRequest('error.form');
    throw error;
  });
  const parts: Record<string, unknown> = {};
  const files: Record<string, FileRef> = {};
  for (const [name, part] of form) {
    if (typeof part !== 'string') files[name] = fileRef(part);
    else parts[name] = jsonParts.includes(name) ? readJson(Buffer.from(part)) : part;
  }
  return { body: parts, files };
}

/** What a body asks for: JSON or multipart. Throws {@link BadRequest} or, for an unknown command, {@link UserError}. */
export async function readAsked(bytes: Buffer, type: string, commands: readonly Command[]): Promise<Asked> {
  if (!/^multipart\/form-data/i.test(type)) return asked(readJson(bytes), {}, commands, 'error.json');
  const { body, files } = await readForm(bytes, type);
  return asked(body, files, commands, 'error.form');
}

const pressSchema = z.object({
  job: z.string().max(64),
  action: z.enum([...filmActions, ...moreActions, 'remove']),
  ...shared,
});

/** A press of one of a film's buttons. */
export function readPress(bytes: Buffer): Asked {
  const read = pressSchema.safeParse(readJson(bytes));
  if (!read.success) throw new BadRequest('error.action', String(read.error.issues[0]?.path[0] ?? 'action'));
  const { job, action, id, ask } = read.data;
  return { command: `film ${action}`, values: { job }, files: {}, id, ask, quiet: false };
}

/** What was asked, as a call of the house. The same member's `id` makes the same key. */
export function toCall(wish: Asked, at: { space: string; channel: string; thread: string; member: string }): Call {
  const { space, channel, thread, member } = at;
  return {
    key: `web:${space}:${member}:${wish.id ?? randomUUID()}`,
    origin: { platform: 'web', space, channel, thread, user: member, visibility: 'thread' },
    who: { id: member, name: member },
    command: wish.command,
    values: wish.values,
    files: wish.files,
    asks: wish.ask,
  };
}
