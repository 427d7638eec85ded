import { discord } from './discord.ts';
import { fairness } from './fairness.ts';
import { inflight } from './inflight.ts';
import { journey } from './journey.ts';
import { ledger } from './ledger.ts';
import { polling } from './polling.ts';
import { slack } from './slack.ts';
import { voting } from './voting.ts';

const benches = new Map(Object.entries({ journey, ledger, inflight, fairness, polling, discord, slack, voting }));

const [name = '', ...rest] = process.argv.slice(2);
const bench = benches.get(name);
if (!bench || rest.some((word) => word !== '--short')) {
  process.stderr.write(`Usage: npm run bench -- NAME [--short], with NAME one of ${[...benches.keys()].join(', ')}\n`);
  process.exitCode = 1;
} else {
  await bench({ short: rest.includes('--short') });
}
