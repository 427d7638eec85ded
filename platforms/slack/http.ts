import { HTTPReceiver } from '@slack/bolt';
import { createMemory } from '../shared/memory.ts';
import { libraryLog } from './client.ts';
import { createApp, type Line, type LineOptions } from './line.ts';
import { slackPaths } from './manifest.ts';

/** Milliseconds that a signature is remembered: longer than Slack's, and the library's, five minutes. */
const signatureLife = 600_000;

/** Milliseconds that a request may be ahead of this machine's clock. */
const clockSkew = 300_000;

/** By HTTP. A signature that came before is refused: what is repeated by Slack itself is signed anew. */
export function createHttp(options: LineOptions, signingSecret: string): Line {
  const { log } = options;
  const seen = createMemory<true>(50_000, signatureLife);
  const receiver = new HTTPReceiver({
    ...{ signingSecret, logger: libraryLog(log), endpoints: [slackPaths.events] },
    customPropertiesExtractor: ({ headers }) => ({ signature: headers['x-slack-signature'] }),
  });
  const app = createApp(receiver, options);
  let open = false;
  // Only signatures that were found right come so far.
  app.use(async ({ context, next }) => {
    const { signature } = context as { signature?: string };
    if (signature === undefined || seen.read(signature)) return;
    seen.note(signature, true);
    await next();
  });
  return {
    connected: () => open,
    async connect() {
      open = true;
    },
    serve(req, res) {
      const { 'x-slack-signature': signature, 'x-slack-request-timestamp': at } = req.headers;
      // The library looks for those that are too old alone.
      const early = Number(at) * 1000 > Date.now() + clockSkew;
      if (early || (typeof signature === 'string' && seen.read(signature))) {
        log.warn(
          { platform: 'slack' },
          early
            ? 'a request from the future was refused: is the clock right?'
            : 'a request that came before was refused',
        );
        res.writeHead(401).end();
        return;
      }
      receiver.requestListener(req, res);
    },
    async close() {
      open = false;
    },
  };
}
