import { serveForked } from '../forked.ts';
import { serveDiscord } from './server.ts';

await serveForked(serveDiscord);
