import { serveForked } from '../forked.ts';
import { serveSlack } from './server.ts';

await serveForked(serveSlack);
