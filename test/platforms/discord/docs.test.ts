import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PermissionFlagsBits, type PermissionsString } from 'discord.js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { limits, uploadByTier } from '../../../platforms/discord/limits.ts';
import { needed } from '../../../platforms/discord/rights.ts';
import { say } from '../../../platforms/discord/words.ts';
import { readConfig, variables } from '../../../src/config.ts';
import { createLog } from '../../../src/log.ts';
import { registerOnce } from '../../../src/main/discord.ts';
import type { FakeDiscord } from '../../support/discord/api.ts';
import { startFakeDiscord } from '../../support/discord/index.ts';
import { expectMetrics, found, rowsOf } from '../../support/docs.ts';
import { until } from '../../support/until.ts';
import { adapterOn, granted } from './rig.ts';

const path = 'docs/discord.md';
const doc = readFileSync(path, 'utf8');

/** What stands behind a heading, up to the next one. */
function section(heading: string): string {
  const [, text] = doc.split(`\n## ${heading}\n`);
  if (text === undefined) throw new Error(`no heading ${heading}`);
  return text.split('\n## ')[0] ?? '';
}

const block = (language: string, begins: string): string => {
  const all = [...doc.matchAll(/^( *)```(\w+)\n([\s\S]*?)^ *```$/gm)];
  const one = all.find(([, , kind, text]) => kind === language && text?.trimStart().startsWith(begins));
  if (!one) throw new Error(`no ${language} that begins with ${begins}`);
  const [, indent = '', , text = ''] = one;
  return text.replace(new RegExp(`^${indent}`, 'gm'), '');
};

describe('what the bot asks for', () => {
  const permissions = [...new Set<PermissionsString>([...needed.channel, ...needed.thread])].sort();
  const invitations = found(doc, /https:\/\/discord\.com\/oauth2\/authorize\?[^\s)`]+/g);
  const scopes = rowsOf(doc, 'scope').map(([name = '']) => name.replaceAll('`', ''));

  test('the permissions are those that rights.ts needs, one row each, called as members are told', () => {
    const rows = rowsOf(doc, 'permission');
    expect(rows.map(([, name = '']) => name.replaceAll('`', '')).sort()).toEqual(permissions);
    for (const [label, name = ''] of rows) {
      expect(label).toBe(`**${say(`permission.${name.replaceAll('`', '') as (typeof needed.thread)[number]}`)}**`);
    }
  });

  test('the invitation asks for these permissions, for the scopes of the table, and for a server', () => {
    expect(invitations).toHaveLength(1);
    const [invitation = ''] = invitations;
    expect(invitation).toMatch(/[?&]scope=bot(\+|%20)applications\.commands(&|$)/);
    const query = new URL(invitation).searchParams;
    expect([...query.keys()].sort()).toEqual(['client_id', 'integration_type', 'permissions', 'scope']);
    expect(query.get('permissions')).toBe(
      String(permissions.reduce((bits, name) => bits | PermissionFlagsBits[name], 0n)),
    );
    expect(query.get('scope')?.split(' ').sort()).toEqual([...scopes].sort());
    expect(query.get('integration_type')).toBe('0');
  });

  test('the bot of the other tests is granted no more than that', () => {
    expect([...granted].sort()).toEqual(permissions);
  });

  test('there are reasons for each', () => {
    for (const table of ['scope', 'permission', 'intent']) {
      for (const row of rowsOf(doc, table)) expect(row.at(-1)?.length, row.join()).toBeGreaterThan(10);
    }
  });
});

describe('on a Discord', () => {
  let fake: FakeDiscord;
  beforeAll(async () => {
    fake = await startFakeDiscord();
  });
  afterAll(() => fake.close());

  test('it has no intents, as the table says', async () => {
    expect(rowsOf(doc, 'intent').map(([name]) => name)).toEqual(['none']);
    const { discord } = adapterOn(fake);
    await discord.receiver.listen(async () => ({ to: 'private', jobs: [], parts: [] }));
    try {
      const [session, ...others] = await until('a session', async () => {
        const all = await fake.sessions();
        return all.length > 0 && all;
      });
      expect(others).toEqual([]);
      expect(session?.intents).toBe(0);
    } finally {
      await discord.receiver.close();
      await discord.close();
    }
  });

  test('npm run register prints what is shown; the line that takes commands away does', async () => {
    const { id } = await fake.makeGuild({ bot: granted });
    const env = { DISCORD_TOKEN: fake.token, DISCORD_API_URL: fake.api, DISCORD_GUILD_ID: id };
    let printed = '';
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += text;
      return true;
    });
    await registerOnce(readConfig(env), false, createLog('silent'));
    const shown = block('text', 'Commands of this program');
    expect(shown.replace(/\b\d{19}\b/, id)).toBe(printed);

    printed = '';
    write.mockImplementation((text) => {
      printed += text;
      return true;
    });
    await registerOnce(readConfig(env), true, createLog('silent')).finally(() => write.mockRestore());
    expect(doc).toContain('`npm run register -- clear`');
    expect(printed).toMatch(/^Commands of its own that the server \d+ had:\n {2}removed {2}\/video\n/);
    expect(await fake.commands(id)).toEqual([]);
  });
});

test('registration without a token, and taking commands away without a server, say what is missing', async () => {
  await expect(registerOnce(readConfig({}), false, createLog('silent'))).rejects.toThrow('DISCORD_TOKEN: is not set');
  const alone = readConfig({ DISCORD_TOKEN: 'x' });
  await expect(registerOnce(alone, true, createLog('silent'))).rejects.toThrow('DISCORD_GUILD_ID: is not set');
});

describe('what it names', () => {
  test('every DISCORD_* variable, and no other', () => {
    expect(found(doc, /\bDISCORD_[A-Z_]+\b/g)).toEqual(variables.filter((name) => name.startsWith('DISCORD_')).sort());
  });

  test('metrics that are there, with labels that they have; and all of a chat', () => expectMetrics(doc, 'discord'));

  test('the hosts that pictures are fetched from, all and no others', () => {
    const source = readFileSync('platforms/discord/attachment.ts', 'utf8');
    const [list = ''] = found(source, /\bhosts = \[([^\]]*)\]/g);
    const hosts = found(list, /'([^']+)'/g);
    expect(hosts.length).toBeGreaterThan(0);
    expect(found(doc, /\b[\w-]+\.discordapp\.\w+\b/g)).toEqual(hosts);
  });

  test('how large files may be', () => {
    const [, sizes] = /for ([^;]*); as a link/.exec(doc.replace(/\s+/g, ' ')) ?? [];
    const megabytes = [...Object.values(uploadByTier), limits.upload].map((bytes) => bytes / 2 ** 20);
    expect(found(sizes ?? '', /(\d+) MB/g)).toEqual(megabytes.map(String).sort());
  });

  test('sentences that the program says, word for word', () => {
    const folders = ['platforms/discord', 'src/domain/words', 'src/main', 'src/worker'];
    const source = folders
      .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(name, 'utf8'))
      .join('\n');
    // Discord's own, on whatever was not answered in time.
    const foreign = ['The application did not respond'];
    const quoted = found(section('When something is wrong'), /"([^"]+)"/g).filter((one) => !foreign.includes(one));
    expect(quoted.length).toBeGreaterThan(8);
    expect(quoted.filter((one) => !source.includes(one))).toEqual([]);
  });

  test('files that exist, and headings in them', () => {
    const links = [...doc.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    expect(links.length).toBeGreaterThan(2);
    for (const [, file = '', anchor] of links) {
      const target = file === '' ? path : join(dirname(path), file);
      expect(existsSync(target), target).toBe(true);
      if (anchor === undefined) continue;
      const headings = found(readFileSync(target, 'utf8'), /^#+ (.+)$/gm);
      const anchors = headings.map((heading) =>
        heading
          .toLowerCase()
          .replace(/[^\w\s-]/g, '')
          .replace(/\s/g, '-'),
      );
      expect(anchors, target).toContain(anchor);
    }
  });
});
