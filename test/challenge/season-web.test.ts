import { test } from 'vitest';
import { useClosing } from '../support/closing.ts';
import { handsInStudio } from './hands-web.ts';
import { playSeason } from './season-on.ts';

const { closing } = useClosing();

test('a whole season with twenty members, on the studio', async () => {
  await playSeason(closing(await handsInStudio()));
}, 120_000);
