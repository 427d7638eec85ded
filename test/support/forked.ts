/** What the process tells: where the fake is, and at its end what went wrong in it. */
const tell = (message: object): Promise<void> =>
  new Promise((done) => {
    if (process.connected) process.send?.(message, () => done());
    else done();
  });

/** Serves a fake in the process that `forkFake` started, with the options that it was given. */
export async function serveForked<Options>(
  serve: (options: Options) => Promise<{ close(): Promise<void> }>,
): Promise<void> {
  const { close, ...address } = await serve(JSON.parse(process.argv[2] ?? '{}'));
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
}
