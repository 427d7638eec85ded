import { Hono } from 'hono';
import type { Cluster, Redis } from 'ioredis';
import type { Call, Command, Reply } from '../../src/domain/command.ts';
import type { Desk } from '../../src/domain/desk.ts';
import { UserError } from '../../src/domain/errors.ts';
import type { Quota } from '../../src/domain/ledger.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import type { Log, Media, Poster, Receiver, Rights, Withheld } from '../../src/ports.ts';
import { guard, headers, login, type StudioEnv } from './access.ts';
import { api } from './api.ts';
import { createBoard } from './board.ts';
import { readPublic, serveMedia, servePublic } from './files.ts';
import { describeCommands } from './forms.ts';
import { createFreshen, createLive } from './live.ts';
import { loginPage, studioPage } from './page.ts';
import { createPoster, createRights } from './post.ts';
import { answerError } from './refuse.ts';
import { createRooms } from './rooms.ts';

export interface StudioOptions {
  redis: Redis | Cluster;
  /** The studio's own space, `studio` by default in the configuration. */
  space: string;
  commands: readonly Command[];
  /** What members may choose now. */
  models(): readonly ModelCard[];
  media: Pick<Media, 'path'>;
  withheld: Pick<Withheld, 'has'>;
  desk: Pick<Desk, 'job' | 'position' | 'jobsOf'>;
  quota(member: string): Promise<Quota>;
  /** Members who run the studio. */
  managers: readonly string[];
  /** Whoever has it may come in; without one the studio answers to loopback names and to `publicUrl`'s alone. */
  token?: string | undefined;
  publicUrl: string;
  log: Log;
}

/** What receives calls: until `listen`, and after `close`, there is nobody to take them. */
function createDoor(): { receiver: Receiver; take(call: Call): Promise<Reply>; onClose(then: () => void): void } {
  let handle: ((call: Call) => Promise<Reply>) | undefined;
  const under = new Set<Promise<unknown>>();
  const closers: (() => void)[] = [];
  return {
    receiver: {
      async listen(given) {
        handle = given;
      },
      async close() {
        handle = undefined;
        for (const then of closers) then();
        await Promise.allSettled(under);
      },
    },
    async take(call) {
      if (!handle) throw new UserError('unavailable', { word: 'service.stopping' }, { retryAfter: 5 });
      const answer = handle(call);
      under.add(answer);
      try {
        return await answer;
      } finally {
        under.delete(answer);
      }
    },
    onClose(then) {
      closers.push(then);
    },
  };
}

/**
 * The web studio: a whole small chat in the browser with its API. `app` is served by whoever composes the server; the
 * poster and the rights work in any process, for all that they need is the board in Redis.
 */
export function createStudio(options: StudioOptions): {
  app: Hono<StudioEnv>;
  receiver: Receiver;
  poster: Poster;
  rights: Rights;
} {
  const { redis, space, token, publicUrl, log } = options;
  const board = createBoard(redis, space);
  const freshen = createFreshen(options.desk, space);
  const live = createLive(board, freshen, log);
  const rooms = createRooms(board);
  const door = createDoor();
  door.onClose(() => live.close());

  const files = readPublic();
  const described = () => describeCommands(options.commands, options.models());
  const app = new Hono<StudioEnv>();
  for (const path of ['/', '/t/*', '/login', '/api/*', '/media/*', '/studio/*']) {
    app.use(path, headers, guard(token, publicUrl));
  }
  app.onError((error, c) => answerError(c, error, log));
  login(app, token, publicUrl, (wrong) => loginPage(files.version, wrong));
  app.get('/', (c) => c.redirect('/t/welcome'));
  app.get('/t/:thread', async (c) => {
    await rooms.welcome();
    return c.html(
      studioPage({
        version: files.version,
        commands: described(),
        closed: token !== undefined,
        managers: options.managers,
      }),
    );
  });
  app.get('/studio/:name', (c) => servePublic(c, files, c.req.param('name')));
  app.get('/media/:name', (c) => serveMedia(c, options, c.req.param('name')));
  app.route('/api', api({ ...options, board, rooms, live, freshen, take: door.take, described }));

  return {
    app,
    receiver: door.receiver,
    poster: createPoster(board, options.managers),
    rights: createRights(board, options.managers),
  };
}
