/** Posts one film in a process of its own, and tells by how much the process grew meanwhile. */

import { createPoster } from '../../../platforms/discord/post.ts';
import { createRest } from '../../../platforms/discord/rest.ts';
import type { Origin } from '../../../src/domain/origin.ts';
import { createTestLog } from '../../support/log.ts';

export interface LargeOrder {
  api: string;
  token: string;
  origin: Origin;
  file: string;
  bytes: number;
}

/** The most of resident memory above what it was before, in bytes; and how long the posting took. */
export interface LargeAnswer {
  grown: number;
  ms: number;
}

async function post({ api, token, origin, file, bytes }: LargeOrder): Promise<LargeAnswer> {
  const log = createTestLog();
  const rest = createRest({ api, token, appId: undefined, log, limited: () => undefined });
  const fitting = { fit: async () => undefined };
  const poster = createPoster({ rest, media: { path: (name) => name }, fitting, link: () => undefined, log });
  const film = {
    ...{ job: 'jaaaaaaaaaaaaaaaa-1', requester: 'Ada', requesterId: origin.user, prompt: 'a boat', repeated: false },
    ...{ before: undefined, note: async () => undefined },
    ...{
      asset: { name: 'a.mp4', bytes, seconds: 8, width: 1366, height: 768 },
      card: undefined,
      mention: true,
      spoiler: false,
    },
  };
  const { signal } = new AbortController();
  // What the first request of all loads is no upload's.
  await poster.film(
    origin,
    { ...film, key: `${film.job}-d9`, file: import.meta.filename, asset: { ...film.asset, bytes: 1 } },
    signal,
  );
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 5);
  const began = performance.now();
  await poster.film(origin, { ...film, key: `${film.job}-d1`, file }, signal);
  clearInterval(watch);
  rest.close();
  return { grown: most - before, ms: performance.now() - began };
}

process.on('message', async (order: LargeOrder) => process.send?.(await post(order)));
