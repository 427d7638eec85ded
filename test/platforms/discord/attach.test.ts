import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Part } from '../../../src/domain/command.ts';
import { useClosing } from '../../support/closing.ts';
import { startFakeDiscord } from '../../support/discord/index.ts';
import { until } from '../../support/until.ts';
import { adapterOn, answered, makeWorld } from './rig.ts';

const { closing, later } = useClosing();

test('files of an answer are attached to it, several too, and seen by whoever asked alone', async () => {
  const parts: Part[] = [
    { kind: 'table', title: 'Wide', head: ['By', 'Films'], rows: [['x'.repeat(200), '3']] },
    { kind: 'file', name: 'report-2026-11.csv', text: 'By,Films\r\nжанна,3\r\n', type: 'text/csv' },
  ];
  const fake = closing(await startFakeDiscord());
  const { ada: user, channel } = await makeWorld(fake);
  const { discord } = adapterOn(fake);
  later(discord.receiver.close, discord.close);
  await discord.receiver.listen(async () => ({ to: 'private', jobs: [], parts }));
  await until('connected', () => discord.connected());
  const { response } = await answered(fake, await fake.slash({ user, channel, command: 'quota' }));
  expect(response.ephemeral).toBe(true);
  expect(response.content).toContain('`wide.csv`');
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  expect(response.attachments).toMatchObject([
    { filename: 'wide.csv', sha256: hash(`By,Films\r\n${'x'.repeat(200)},3\r\n`) },
    { filename: 'report-2026-11.csv', sha256: hash('By,Films\r\nжанна,3\r\n') },
  ]);
});
