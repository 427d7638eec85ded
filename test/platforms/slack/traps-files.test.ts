import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createApi } from '../../../platforms/slack/api.ts';
import { oneToken } from '../../../platforms/slack/installs.ts';
import { createPictures, type SlackFile } from '../../../platforms/slack/pictures.ts';
import { isSlacks } from '../../../platforms/slack/transfer.ts';
import { createLog } from '../../../src/log.ts';
import { useClosing } from '../../support/closing.ts';
import { defaultScopes } from '../../support/slack/scopes.ts';
import { until } from '../../support/until.ts';
import { adapterOn } from './rig.ts';
import { heic, newcomer, startListening, told, useRig } from './traps.ts';

const { closing } = useClosing();
const rig = useRig();

/** The bot's way to members' files. */
function picturesOf() {
  const { fake, bot } = rig();
  const tokens = oneToken(fake.token, fake.api, bot.log);
  const api = createApi({ tokens, api: fake.api, log: bot.log, limited: () => undefined });
  const open = createPictures(api, fake.origin);
  return async (file: SlackFile) => {
    let bytes = 0;
    for await (const chunk of open(fake.team, file).open()) bytes += chunk.length;
    return bytes;
  };
}

async function begin() {
  const { fake, mention, quota } = rig();
  const { user, channel } = await newcomer(rig());
  return {
    ...{ fake, user, channel },
    ask: async (file: Parameters<typeof mention>[1] extends infer M ? M : never) =>
      (await mention('@bot video it flies', { user, channel, ...file })).text,
    quota: () => quota(user),
  };
}

describe('pictures', () => {
  test('38, pages instead of pictures: a page to log in at is no picture, and is said in words', async () => {
    const { fake, ask, quota } = await begin();
    await fake.changeScopes({ scopes: defaultScopes.filter((scope) => scope !== 'files:read') });
    const text = await ask({ files: [heic()] });
    await fake.changeScopes({ scopes: [...defaultScopes] });
    expect(text).toMatch(/could not be fetched from the chat/);
    expect(await quota()).toMatchObject({ held: 0, spent: 0 });
  });

  test.each([
    ['no picture at all', { name: 'boat.png', mimetype: 'image/png', base64: 'bm8gcGljdHVyZQ==' }, /not a picture/],
    ['a drawing', { name: 'a.svg', mimetype: 'image/svg+xml', base64: 'PHN2Zz48L3N2Zz4=' }, /SVG drawings/],
    ['one that is too large', { name: 'b.png', mimetype: 'image/png', size: 26_000_000 }, /too large.*25 MB/],
  ])('39, pictures by their name alone: %s is found out, before anything is held', async (_what, file, says) => {
    const { fake, ask, quota } = await begin();
    const before = (await fake.requests()).filter(({ method }) => method === 'download').length;
    expect(await ask({ files: [file] })).toMatch(says);
    expect(await quota()).toMatchObject({ held: 0, spent: 0 });
    const fetched = (await fake.requests()).filter(({ method }) => method === 'download').length - before;
    expect(fetched).toBe('size' in file ? 0 : 1);
  });

  test('39, pictures by their name alone: a file that is none is told, and nothing is made without it', async () => {
    const { ask } = await begin();
    const notes = { name: 'notes.txt', mimetype: 'text/plain', base64: 'aGVsbG8=' };
    expect(await ask({ files: [notes] })).toMatch(/notes\.txt is not a picture/);
  });

  test('40, addresses in payloads: the token goes to Slack’s own hosts and nowhere else', async () => {
    const open = picturesOf();
    const own = ['https://files.slack.com/a', 'https://slack.com/a', 'https://a.b.slack-files.com/a'];
    for (const url of own) expect(isSlacks(url, undefined)).toBe(true);
    for (const url of [
      ...['http://files.slack.com/a', 'https://files.slack.com.evil.example/a', 'https://evilslack.com/a'],
      ...['https://files.slack.com:8443/a', 'https://files.slack.com@evil.example/a', 'file:///etc/passwd', 'x'],
      ...['https://evil.example/files.slack.com', 'http://169.254.169.254/a', 'http://127.0.0.1:1/a'],
    ]) {
      expect(isSlacks(url, 'http://127.0.0.1:2')).toBe(false);
      const refused = open({ id: 'F1', mimetype: 'image/png', url_private: url });
      await expect(refused).rejects.toMatchObject({ said: { word: 'picture.away' } });
    }
  });

  test('41, files that are stubs: Slack is asked where they lie', async () => {
    const { fake, user, channel } = await begin();
    await fake.say({ user, channel, text: 'look', files: [heic()] });
    const file = (await fake.files()).at(-1);
    const open = picturesOf();
    const bytes = await open({
      id: file?.id ?? '',
      file_access: 'check_file_info',
      url_private: 'https://slack.com/x',
    });
    expect(bytes).toBe(file?.size);
    const gone = open({ id: 'F0NOTHERE1', file_access: 'check_file_info' });
    await expect(gone).rejects.toMatchObject({ said: { word: 'picture.away' } });
  });
});

test('42, secrets in the log: neither tokens nor the addresses of answers, whatever goes wrong', async () => {
  const lines: string[] = [];
  const real = createLog('debug', { write: (text: string) => void lines.push(text) });
  const bot = closing(await startListening(async () => told('taken'), { log: real }));
  const { fake, world } = bot;
  await bot.listen();
  const { ada: user, channel } = world;
  await fake.fail({ method: 'respond', times: 2 });
  await fake.fail({ method: 'chat.postEphemeral', error: 'internal_error' });
  await fake.fail({ method: 'chat.postMessage', status: 500 });
  const id = await fake.slash({ user, channel, command: '/dailies', text: 'quota' });
  await until('not answered', () => lines.some((line) => line.includes('a call was not answered')));
  await fake.step({ callback: 'video', inputs: { channel, prompt: 'x' } });
  await fake.fail({ method: 'apps.connections.open', error: 'invalid_auth' });
  await fake.dropSockets({ reason: 'cut' });
  await until('refused', () => lines.some((line) => line.includes('refuses SLACK_APP_TOKEN')));
  const wrong = adapterOn(fake, { tokens: oneToken('xoxb-1-wrong', fake.api, real), log: real });
  await expect(wrong.slack.receiver.listen(async () => told('x'))).rejects.toThrow('SLACK_BOT_TOKEN');
  await wrong.slack.receiver.close();
  const said = lines.join('\n');
  const address = new URL(String((await fake.deed(id)).payload.response_url)).pathname;
  for (const secret of [fake.token, fake.appToken, fake.signingSecret, 'xoxb-1-wrong', address, 'xwfp-'])
    expect(inspect(said)).not.toContain(secret);
});
