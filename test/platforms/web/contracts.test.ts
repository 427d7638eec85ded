import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { commands } from '../../../commands/index.ts';
import { createStudio } from '../../../platforms/web/adapter.ts';
import { createBoard } from '../../../platforms/web/board.ts';
import { createRights } from '../../../platforms/web/post.ts';
import { createFakeHouse, fakeModels } from '../../support/fake-house.ts';
import { createTestLog } from '../../support/log.ts';
import { describeReceiver } from '../../support/receiver-contract.ts';
import { redisKinds, startRedis } from '../../support/redis.ts';
import { describeRights } from '../../support/rights-contract.ts';

for (const kind of redisKinds) {
  describeReceiver(`the studio on ${kind}`, async () => {
    const redis = await startRedis(kind);
    const house = await createFakeHouse({});
    const studio = createStudio({
      ...{
        redis: redis.connect(),
        space: 'studio',
        commands,
        models: () => fakeModels,
        media: house.media,
        withheld: { has: async () => false },
        desk: house.desk,
      },
      ...{ quota: house.quota, managers: [], publicUrl: 'http://films.example', log: createTestLog() },
    });
    const server = createServer(getRequestListener(studio.app.fetch)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      receiver: studio.receiver,
      type: async (prompt, id) => {
        const answer = await fetch(`http://127.0.0.1:${port}/api/threads/boats/calls`, {
          method: 'POST',
          headers: { 'x-member': 'ada', 'content-type': 'application/json' },
          body: JSON.stringify({ command: 'video', values: { prompt }, id }),
        });
        const read = (await answer.json()) as { error: string; reply: { text: string } };
        return answer.ok ? { text: read.reply.text } : { refused: read.error };
      },
      close: async () => {
        server.closeAllConnections();
        server.close();
        await house.close();
        await redis.close();
      },
    };
  });

  describeRights(`the studio on ${kind}`, async () => {
    const redis = await startRedis(kind);
    const board = createBoard(redis.connect(), 'studio');
    await board.open({ id: 'boats', channel: 'general', title: 'Boats' });
    const base = { platform: 'web', space: 'studio', channel: 'general', user: 'ada', visibility: 'thread' } as const;
    return {
      rights: createRights(board, ['boss']),
      place: { ...base, thread: 'boats' },
      closed: { ...base, thread: 'nowhere' },
      manager: { ...base, thread: 'boats', user: 'boss' },
      person: { name: 'ada' },
      roles: undefined,
      tells: [],
      nobody: ['Dailies', 'dailies', 'a b', '', 'x'.repeat(33)],
      close: redis.close,
    };
  });
}
