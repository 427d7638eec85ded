import { test } from 'vitest';
import { useClosing } from '../support/closing.ts';
import { handsOnSlack } from './hands-slack.ts';
import { playSeason } from './season-on.ts';

const { closing } = useClosing();

test('a whole season with twenty members, on Slack', async () => {
  await playSeason(closing(await handsOnSlack()));
}, 120_000);
