import { expect, test } from 'vitest';
import type { Button } from '../../../src/domain/command.ts';
import { useClosing } from '../../support/closing.ts';
import { startFakeSlack } from '../../support/slack/index.ts';
import { until } from '../../support/until.ts';
import { createTaker, entering } from '../shared/entering.ts';
import { expectWithin } from './held.ts';
import { adapterOn, answered, buttonsOf, makeWorld, read } from './rig.ts';

const { closing, later } = useClosing();
const challenge = 'cabcdefg2-3';

/** A bot that takes these commands, and a message with a button in the channel, which Ada presses. */
async function startPress(button: Button) {
  const fake = closing(await startFakeSlack());
  const { ada, channel } = await makeWorld(fake);
  const { slack } = adapterOn(fake, { commands: entering });
  const { taken, handle } = createTaker();
  await slack.receiver.listen(handle);
  later(() => slack.receiver.close());
  await until('connected', () => slack.connected());
  const parts = [
    { kind: 'text' as const, text: 'Make one of these' },
    { kind: 'buttons' as const, buttons: [button] },
  ];
  const staff = { platform: 'slack', space: fake.team, channel, for: 'managers' } as const;
  await slack.poster.notice(staff, { key: 'n', parts });
  const [message] = await fake.messages(channel);
  if (!message) throw new Error('nothing was said');
  const [only] = buttonsOf(message);
  const press = await fake.press({ user: ada, channel, ts: message.ts, action: only?.id ?? '' });
  const { id, view } = await until('the form', async () => (await fake.viewOf(ada)) ?? undefined);
  const { blocks } = view as { blocks: { block_id: string }[] };
  return { fake, ada, channel, taken, message, press, view: id, blocks };
}

test('a button whose command lacks something opens its form, and what the button carries goes along unseen', async () => {
  const { fake, ada, channel, taken, message, press, view, blocks } = await startPress({
    ...{ label: 'Enter', command: 'enter', challenge },
  });
  expectWithin(blocks, 'modal');
  expect(blocks.map(({ block_id }) => block_id)).toEqual(['prompt', 'reason']);
  expect(JSON.stringify(blocks)).not.toContain(challenge);
  await fake.submit({ user: ada, view, values: { prompt: 'a paper boat' } });
  expect(read(await answered(fake, press))).toBe('Taken');
  expect(taken).toEqual([
    expect.objectContaining({
      command: 'enter',
      values: { challenge, prompt: 'a paper boat' },
      origin: expect.objectContaining({ space: fake.team, channel, message: message.ts, visibility: 'thread' }),
      who: { id: ada, name: 'Ada' },
    }),
  ]);
});

test('a button that carries nothing opens a form too', async () => {
  const { fake, ada, taken, view, blocks } = await startPress({ label: 'Wish', command: 'wish' });
  expect(blocks.map(({ block_id }) => block_id)).toEqual(['prompt']);
  await fake.submit({ user: ada, view, values: { prompt: 'a lamp' } });
  await until('taken', () => taken.length > 0);
  expect(taken).toMatchObject([{ command: 'wish', values: { prompt: 'a lamp' } }]);
});
