import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { reaching, untouched } from '../away.ts';
import { base32 } from '../domain/origin.ts';
import type { Vault } from '../ports.ts';
import { dailies } from './keys.ts';

/** What stands before each secret, so that another way of keeping them can be told apart. */
const version = 'v1.';
const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

const shut =
  'a secret in Redis does not open. Check TOKEN_KEY: it is another one than when the secret was kept, or what is kept was changed';

const keyOf = (name: string): string => `${dailies.vault}${base32(createHash('sha256').update(name).digest())}`;

function seal(key: Uint8Array, name: string, text: string): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(name));
  const sealed = Buffer.concat([nonce, sealing.update(text, 'utf8'), sealing.final(), sealing.getAuthTag()]);
  return `${version}${sealed.toString('base64url')}`;
}

function unseal(key: Uint8Array, name: string, kept: string): string {
  const sealed = Buffer.from(kept.startsWith(version) ? kept.slice(version.length) : '', 'base64url');
  if (sealed.byteLength < nonceBytes + tagBytes) throw new Error(shut);
  const at = sealed.byteLength - tagBytes;
  const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  opening.setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(at));
  try {
    return Buffer.concat([opening.update(sealed.subarray(nonceBytes, at)), opening.final()]).toString('utf8');
  } catch {
    // What failed knows the secret's bytes; the error says nothing of them.
    throw new Error(shut);
  }
}

/**
 * Secrets in Redis, each sealed with a key made from `tokenKey` and bound to its name, so that neither another key opens it nor another
 * name. Names are hashed: what stands in Redis says of nobody that there is something.
 */
export function createVault(redis: Redis | Cluster, tokenKey: string): Vault {
  const key = new Uint8Array(hkdfSync('sha256', tokenKey, '', 'dailies vault v1', 32));
  return {
    keep: (name, text) =>
      reaching(async () => {
        await redis.set(keyOf(name), seal(key, name, text));
      }),
    open: (name) =>
      untouched(async () => {
        const kept = await redis.get(keyOf(name));
        return kept === null ? undefined : unseal(key, name, kept);
      }),
    drop: (name) =>
      reaching(async () => {
        await redis.del(keyOf(name));
      }),
  };
}
