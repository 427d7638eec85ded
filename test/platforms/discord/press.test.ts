import { expect, test } from 'vitest';
import type { Button } from '../../../src/domain/command.ts';
import { useClosing } from '../../support/closing.ts';
import { startFakeDiscord } from '../../support/discord/index.ts';
import { until } from '../../support/until.ts';
import { createTaker, entering } from '../shared/entering.ts';
import { adapterOn, answered, buttonsOf, makeWorld, read } from './rig.ts';

const { closing, later } = useClosing();
const challenge = 'cabcdefg2-3';
const enter: Button = { label: 'Enter', command: 'enter', challenge };

/** A bot that takes these commands, and a message with a button, in the channel or told to Ada alone. */
async function startPress(button: Button, where: 'channel' | 'direct' = 'channel') {
  const fake = closing(await startFakeDiscord());
  const world = await makeWorld(fake);
  const { discord } = adapterOn(fake, { commands: entering });
  const { taken, handle } = createTaker();
  await discord.receiver.listen(handle);
  later(discord.close, () => discord.receiver.close());
  await until('connected', () => discord.connected());
  const space = { platform: 'discord', space: world.guild } as const;
  const notice = { key: 'n', parts: [{ kind: 'buttons' as const, buttons: [button] }] };
  const text = { kind: 'text' as const, text: 'Make one of these' };
  const said = { ...notice, parts: [text, ...notice.parts] };
  const direct = where === 'direct';
  if (direct) await discord.poster.direct(space, world.ada, said);
  else await discord.poster.notice({ ...space, channel: world.channel, for: 'managers' }, said);
  const [message] = await fake.messages(direct ? await fake.openDm(world.ada) : world.channel);
  if (!message) throw new Error('nothing was said');
  const id = await fake.press({ user: world.ada, message: message.id, customId: buttonsOf(message)[0]?.id ?? '' });
  const modal = await until('a form', async () => (await fake.interaction(id)).modal ?? undefined);
  return { fake, world, taken, message, id, modal };
}

const fieldsOf = (modal: { components: object[] }): string[] =>
  modal.components.flatMap((one) => ('component' in one ? [(one.component as { custom_id: string }).custom_id] : []));

test('a button whose command lacks something opens its form, and what the button carries goes along unseen', async () => {
  const { fake, world, taken, message, id, modal } = await startPress(enter);
  expect(fieldsOf(modal)).toEqual(['prompt', 'reason']);
  expect(JSON.stringify(modal.components)).not.toContain(challenge);
  const sent = await fake.submit({ interaction: id, values: { prompt: 'a paper boat' } });
  expect(read((await answered(fake, sent)).response.content)).toBe('Taken');
  expect(taken).toEqual([
    expect.objectContaining({
      command: 'enter',
      values: { challenge, prompt: 'a paper boat' },
      origin: expect.objectContaining({ space: world.guild, channel: world.channel, message: message.id }),
      who: { id: world.ada, name: 'Ada' },
    }),
  ]);
});

test('a button that carries nothing opens a form too', async () => {
  const { fake, taken, id, modal } = await startPress({ label: 'Wish', command: 'wish' });
  expect(fieldsOf(modal)).toEqual(['prompt']);
  await answered(fake, await fake.submit({ interaction: id, values: { prompt: 'a lamp' } }));
  expect(taken).toMatchObject([{ command: 'wish', values: { prompt: 'a lamp' } }]);
});

test('the form of a button in a direct message is of the server that it is about', async () => {
  const { fake, world, taken, id } = await startPress(enter, 'direct');
  const sent = await fake.submit({ interaction: id, values: { prompt: 'a paper boat' } });
  expect(read((await answered(fake, sent)).response.content)).toBe('Taken');
  expect(taken).toMatchObject([
    { values: { challenge, prompt: 'a paper boat' }, origin: { space: world.guild, visibility: 'private' } },
  ]);
});
