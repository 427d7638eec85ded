import { serveSlack } from './server.ts';

/** What the process tells: where the fake is, and at its end what went wrong in it. */
const tell = (message: object): Promise<void> =>
  new Promise((done) => {
    if (process.connected) process.send?.(message, () => done());
    else done();
  });

const { close, ...address } = await serveSlack(JSON.parse(process.argv[2] ?? '{}'));

async function end(): Promise<void> {
  const trouble = await close().then(
    () => null,
    (error: AggregateError) => error.errors.map((one) => (one instanceof Error ? one.stack : String(one))).join('\n'),
  );
  await tell({ closed: true, trouble });
  process.exit();
}

process.on('message', () => void end());
process.on('disconnect', () => void end());
await tell(address);
