/** Posts one film in a process of its own, and tells by how much the process grew meanwhile. */

import { createPoster } from '../../../platforms/discord/post.ts';
import { createRest } from '../../../platforms/discord/rest.ts';
import type { Origin } from '../../../src/domain/origin.ts';
import { answerOrders, type Grown } from '../../support/large.ts';
import { createTestLog } from '../../support/log.ts';
import { postLarge } from '../../support/poster-large.ts';

export interface LargeOrder {
  api: string;
  token: string;
  origin: Origin;
  file: string;
  bytes: number;
}

async function post({ api, token, ...large }: LargeOrder): Promise<Grown> {
  const log = createTestLog();
  const rest = createRest({ api, token, appId: undefined, log, limited: () => undefined });
  const fitting = { fit: async () => undefined };
  const poster = createPoster({ rest, media: { path: (name) => name }, fitting, link: () => undefined, log });
  try {
    return await postLarge(poster, large);
  } finally {
    rest.close();
  }
}

answerOrders(post);
