import { startSandbox } from '../../src/sandbox/server.ts';
import { startFaulty } from '../support/faulty.ts';
import { sora2 } from '../support/faulty-cards.ts';
import { gatewayContract } from '../support/gateway-contract.ts';

gatewayContract('the sandbox', async () => {
  const delayMs = (prompt: string): number => (prompt.includes('slow') ? 3600_000 : 0);
  const key = 'sk-sandbox';
  const { url, close, stats } = await startSandbox({ cards: [sora2], key, render: 'instant', delayMs });
  return { url, key, close, billed: () => stats().billed };
});

gatewayContract('the fault gateway', async () => {
  const afterMs = (prompt: string): number | undefined => (prompt.includes('slow') ? undefined : 20);
  const faulty = await startFaulty({ completes: { afterMs } });
  return { url: faulty.url, key: faulty.key, close: faulty.close, billed: () => faulty.billed };
});
