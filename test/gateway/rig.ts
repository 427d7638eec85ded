import { expect, onTestFinished } from 'vitest';
import { JobFailure, LostAnswer, TransientError } from '../../src/domain/errors.ts';
import { type GatewayProfile, gatewayProfileSchema } from '../../src/domain/gateway.ts';
import { type ModelCard, modelCardSchema } from '../../src/domain/model.ts';
import type { Recipe } from '../../src/domain/recipe.ts';
import { Refused, type TaskOrder, Throttled } from '../../src/ports.ts';
import { createVideoApi } from '../../src/video/client.ts';
import { json, type Script, startScripted } from '../support/scripted.ts';

export const key = 'sk-very-secret-0123456789';
export const openaiKey = 'sk-openai-of-the-operator';
export const never = new AbortController().signal;
export const recipe: Recipe = { model: 'sora-2', prompt: 'a paper boat', seconds: 8, size: '1365x768' };
export const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a);
export const order: TaskOrder = { key: 'jabc-1', sentAt: 0, recipe, picture: undefined, hook: undefined };
export const withPicture: TaskOrder = { ...order, picture: { name: 'boat.png', bytes: png } };

/** The model of the page, as far as the client reads a card. */
export const sora: ModelCard = modelCardSchema.parse({
  ...{ id: 'sora-2', snapshots: ['sora-2-2025-10-06', 'sora-2-2025-12-08'], label: 'Sora 2' },
  ...{ seconds: [4, 8, 12], defaultSeconds: 4, sizes: [{ size: '1365x768', shape: '16:9', resolution: '1K' }] },
  ...{ weight: 1, money: 0.1, promptMax: 32_000, image: 'first_frame' },
  extras: { openai_api_key: { takes: 'text' }, delete_video: { takes: 'boolean' } },
});

type Options = Partial<Omit<Parameters<typeof createVideoApi>[0], 'profile'>> & { profile?: Partial<GatewayProfile> };

/** A client and the scripted gateway it talks to, closed with the test. `body` is what the last request carried, as JSON. */
export async function gatewayWith(script: Script, { profile, ...options }: Options = {}) {
  const server = await startScripted(script);
  const api = createVideoApi({
    ...{ baseUrl: `${server.origin}/openai/v1`, key, dialect: 'output', timeoutMs: 5_000 },
    ...options,
    profile: { ...gatewayProfileSchema.parse({}), ...profile },
  });
  onTestFinished(async () => {
    await api.close();
    await server.close();
  });
  return { server, api, body: (): Record<string, unknown> => JSON.parse(server.seen.at(-1)?.body ?? '') };
}

/** What came out of a call, in a word or two; no key stands in any error, however deep. */
export async function kindOf(promise: Promise<unknown>): Promise<string> {
  const error = await failureOf(promise);
  if (error instanceof JobFailure) return error.reason;
  if (error instanceof Throttled) return `throttled${error.retryAfter === undefined ? '' : `, ${error.retryAfter} ms`}`;
  if (error instanceof Refused) return `refused: ${error.reason}`;
  if (error instanceof TransientError)
    return error.most === undefined ? 'transient' : `transient, ${error.most} at most`;
  return error instanceof LostAnswer ? 'lost answer' : `${error.name}: ${error.message}`;
}

export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    (value) => expect.unreachable(`it gave ${JSON.stringify(value)}`),
    (thrown: Error) => thrown,
  );
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    for (const secret of [key, openaiKey]) expect(`${cause.message} ${JSON.stringify(cause)}`).not.toContain(secret);
  }
  return error;
}

export const refused = (code: string | number | null, message = 'no'): unknown => ({
  error: { message, type: 'any', code },
});
export const taken = json(202, { id: 'video_1', object: 'video', status: 'queued' });

/** The connection breaks before the answer, or after its first half. */
export const reset: Script = (reply) => reply.socket?.resetAndDestroy();
export const half: Script = (reply) => {
  reply.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
  reply.write('{"id":"video_1",', () => reply.socket?.destroy());
};
export const silence: Script = () => undefined;
export const html: Script = (reply) => reply.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
