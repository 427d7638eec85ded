import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { sealOf } from '../src/domain/tally/seal.ts';
import { tallyHash, writeTally } from '../src/domain/tally.ts';
import { judged, named, tampered } from './domain/tally-rig.ts';
import { nodeArguments } from './support/compiled.ts';
import { tempFolder } from './support/folder.ts';

const run = promisify(execFile);

/** What the command prints and exits with, for a file with this text. */
async function check(text: string | undefined, ...words: string[]) {
  const folder = await tempFolder();
  onTestFinished(folder.remove);
  const file = join(folder.path, 'tally.json');
  if (text !== undefined) await writeFile(file, text);
  const given = [...nodeArguments('scripts/challenge-verify.ts'), file, ...words];
  return run(process.execPath, given).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code: code as number, stdout: String(stdout), stderr: String(stderr) }),
  );
}

test('a tally that adds up is told with its ranking, and with what that shows and what not', async () => {
  const text = writeTally(judged);
  const { code, stdout, stderr } = await check(text);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {4}1\. {2}entry 1, Author 1: [\d.]+ % \([\d.]+ to [\d.]+\), won 2 of 2 duels$/m);
  expect(stdout).toContain('It adds up.');
  expect(stdout).toContain('what the 5 ballots in this file come to');
  expect(stdout).toContain(`Not shown: that it is the file that was published. Its hash is ${tallyHash(text)}`);
  expect(stdout).toContain('Not shown, and no file could show it: that these ballots are what members cast');
});

test('with the seal and the hash that were posted it is told that they are the same', async () => {
  const text = writeTally({ ...named, leftOut: 2, filmsLeftOut: 1 });
  const { challenge, entries } = named;
  const seal = sealOf({ challenge: challenge.id, seed: challenge.seed, entries });
  const { code, stdout } = await check(text, '--hash', tallyHash(text), '--seal', seal);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {4}1\. {2}entry 3, Author 3: 2 votes$/m);
  expect(stdout).toContain('It is the file whose hash was posted');
  expect(stdout).toContain('those that were sealed before anybody voted');
  expect(stdout).toContain('that 2 ballots of blocked voters had to be left out, that 1 film had to have no place');
});

test('what does not add up is told, each thing on a line, and nothing in it steers the terminal', async () => {
  const text = tampered(judged, (json) => {
    json.result[0].wins = 3;
    json.entries[1].id = json.entries[0].id = 'job \u001b[2J';
  });
  const { code, stdout } = await check(text, '--hash', tallyHash(writeTally(judged)));
  expect(code).toBe(1);
  expect(stdout).toContain('It does not add up.');
  expect(stdout).toContain('- The hash of the file is not the one that was posted');
  expect(stdout).toContain('- Entry 1: its wins is 3 in the file, and 2 by the ballots.');
  expect(stdout).toContain('- Two entries have the id job ?[2J.');
  expect(stdout).not.toContain('\u001b');
});

test('a file that is not there, and a hash that is none, are told in a sentence', async () => {
  const [missing, wrong] = await Promise.all([check(undefined), check(writeTally(judged), '--hash', 'abc')]);
  expect(missing).toMatchObject({ code: 2, stdout: '' });
  expect(missing.stderr).toMatch(/tally\.json cannot be read: ENOENT/);
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  expect(wrong.stderr).toContain('Usage: npm run challenge:verify -- FILE [--hash HEX] [--seal HEX]');
});
