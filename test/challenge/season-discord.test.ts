import { test } from 'vitest';
import { useClosing } from '../support/closing.ts';
import { handsOnDiscord } from './hands-discord.ts';
import { playSeason } from './season-on.ts';

const { closing } = useClosing();

test('a whole season with twenty members, on Discord', async () => {
  await playSeason(closing(await handsOnDiscord()));
}, 120_000);
