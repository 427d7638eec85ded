import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Redis } from 'ioredis';
import { commands } from '../../../commands/index.ts';
import { createStudio } from '../../../platforms/web/adapter.ts';
import { createWithheld } from '../../../src/desk/withheld.ts';
import type { Command } from '../../../src/domain/command.ts';
import type { ModelCard } from '../../../src/domain/model.ts';
import { spaceKey } from '../../../src/domain/origin.ts';
import { sandboxCards } from '../../../src/video/cards.ts';
import { thisWeek } from '../../desk/rig.ts';
import { createFakeHouse, fakeModels } from '../../support/fake-house.ts';
import { intakeOn } from '../../support/intake.ts';
import { createTestLog } from '../../support/log.ts';

interface StudioOptions {
  token?: string;
  allowance?: number;
  /** The real way in and the real books behind it, instead of the fake house's. */
  real?: boolean;
  /** What the page is told of; the fake house knows its own. */
  models?: readonly ModelCard[];
  /** What can be asked for, where it is not the house's own. */
  commands?: readonly Command[];
}

/** A studio on a free loopback port, with a fake house behind it. `logged` are its warnings and errors. */
export async function startStudio(redis: Redis, options: StudioOptions = {}) {
  const house = await createFakeHouse(options);
  const log = createTestLog();
  const real = options.real ? intakeOn(redis, { rights: () => studio.rights, poster: () => studio.poster }) : undefined;
  const space = spaceKey({ platform: 'web', space: 'studio' });
  const withheld = createWithheld(redis);
  const studio = createStudio({
    redis,
    space: 'studio',
    commands: options.commands ?? commands,
    models: () => options.models ?? (real ? sandboxCards : fakeModels),
    media: house.media,
    withheld,
    desk: real?.desk ?? house.desk,
    quota: real ? (member) => real.desk.quota(space, member, { window: thisWeek(), allowance: 60 }) : house.quota,
    managers: ['boss'],
    token: options.token,
    publicUrl: 'http://films.example',
    log,
  });
  house.postBy(studio.poster);
  await studio.receiver.listen(real?.intake.handle ?? house.handle);
  const server = createServer(getRequestListener(studio.app.fetch));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  return {
    ...studio,
    house,
    withheld,
    logged: log.lines,
    url,
    port,
    /** A request as a member; an object is sent as JSON, a form as multipart. */
    async ask(path: string, body?: object, more: { member?: string; headers?: Record<string, string> } = {}) {
      const headers: Record<string, string> = { 'x-member': more.member ?? 'ada', ...more.headers };
      if (body && !(body instanceof FormData)) headers['content-type'] = 'application/json';
      const answer = await fetch(`${url}${path}`, {
        headers,
        redirect: 'manual',
        ...(body ? { method: 'POST', body: body instanceof FormData ? body : JSON.stringify(body) } : {}),
      });
      const read = await answer.text();
      const json = answer.headers.get('content-type')?.includes('json') ? JSON.parse(read) : undefined;
      return { status: answer.status, headers: answer.headers, text: read, json };
    },
    async close() {
      await studio.receiver.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await real?.intake.close();
      await house.close();
    },
  };
}
export type TestStudio = Awaited<ReturnType<typeof startStudio>>;
