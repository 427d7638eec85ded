import type { Redis } from 'ioredis';
import { createBoard } from '../../platforms/web/board.ts';
import { createPoster, createRights } from '../../platforms/web/post.ts';
import { reachOf } from '../../src/redis/given.ts';
import { sandboxCards } from '../../src/video/cards.ts';
import { startHouse } from './house.ts';
import { createTestLog } from './log.ts';

/** A worker of its own process that dies whenever it posts a film whose prompt speaks of poison. Arguments: Redis, gateway, folder. */
const [redisUrl = '', gatewayUrl = '', dir = ''] = process.argv.slice(2);
const options = { connectionName: 'deadly', connectTimeout: 5000, retryStrategy: () => 25, maxRetriesPerRequest: null };
const connect = () => reachOf(redisUrl)(options) as Redis;
const board = createBoard(connect(), 'studio');
const poster = createPoster(board, []);

await startHouse({
  redis: { connect, workerConnect: connect },
  gateway: { url: gatewayUrl, key: 'a-key' },
  models: sandboxCards,
  log: createTestLog(),
  dir,
  chat: {
    rights: createRights(board, []),
    poster: {
      ...poster,
      film: async (origin, film, signal) => {
        if (film.prompt.includes('poison')) process.kill(process.pid, 'SIGKILL');
        return poster.film(origin, film, signal);
      },
    },
  },
});
process.send?.('ready');
