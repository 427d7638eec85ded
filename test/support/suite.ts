import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createMedia } from '../../src/media/media.ts';
import { createPictures } from '../../src/media/picture.ts';
import { tempFolder } from './folder.ts';
import { type RedisKind, startRedis, type TestRedis } from './redis.ts';

/** One Redis for all tests of a suite, emptied before each of them, with two connections. To be called where tests are declared. */
export function useRedis(kind: RedisKind): { readonly redis: Redis; readonly other: Redis } {
  let engine: TestRedis | undefined;
  let redis: Redis | undefined;
  let other: Redis | undefined;
  beforeAll(async () => {
    engine = await startRedis(kind);
    redis = engine.connect();
    other = engine.connect();
  });
  beforeEach(() => redis?.flushall());
  afterAll(() => engine?.close());
  const begun = (connection: Redis | undefined): Redis => {
    if (!connection) throw new Error('the suite has not begun');
    return connection;
  };
  return {
    get redis() {
      return begun(redis);
    },
    get other() {
      return begun(other);
    },
  };
}

/** A media store and its pictures for all tests of a suite, in a folder of their own. To be called where tests are declared. */
export function usePictures(): {
  readonly media: ReturnType<typeof createMedia>;
  readonly pictures: ReturnType<typeof createPictures>;
} {
  let rooms: { media: ReturnType<typeof createMedia>; pictures: ReturnType<typeof createPictures> } | undefined;
  let folder: Awaited<ReturnType<typeof tempFolder>> | undefined;
  beforeAll(async () => {
    folder = await tempFolder();
    const media = createMedia({ dir: folder.path });
    rooms = { media, pictures: createPictures(media) };
  });
  afterAll(async () => {
    await rooms?.pictures.close();
    await rooms?.media.close();
    await folder?.remove();
  });
  const begun = () => {
    if (!rooms) throw new Error('the suite has not begun');
    return rooms;
  };
  return {
    get media() {
      return begun().media;
    },
    get pictures() {
      return begun().pictures;
    },
  };
}
