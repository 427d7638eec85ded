import { expect, test } from 'vitest';
import { createApi } from '../../../platforms/slack/api.ts';
import { oneToken } from '../../../platforms/slack/installs.ts';
import { TransientError } from '../../../src/domain/errors.ts';
import { useClosing } from '../../support/closing.ts';
import { createTestLog } from '../../support/log.ts';
import { startFakeSlack } from '../../support/slack/index.ts';

const { closing } = useClosing();

test('a token that Slack refused says nothing of the one that the workspace got by adding the app anew', async () => {
  const { api: address, team, token: good } = closing(await startFakeSlack());
  const log = createTestLog();
  const known = oneToken(good, address, log);
  let token = 'xoxb-of-before';
  const tokens = { ...known, of: async (of: string) => ({ ...(await known.of(of)), token }) };
  const api = createApi({ tokens, api: address, log, limited: () => undefined });
  const ask = () => api.call(team, (client) => client.auth.test());
  await expect(ask()).rejects.toBeInstanceOf(TransientError);
  await expect(ask()).rejects.toMatchObject({ waits: true });
  token = good;
  expect(await ask()).toMatchObject({ ok: true });
});
