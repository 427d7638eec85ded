import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

interface Layer {
  files: RegExp;
  /** The files of the house it may import, besides those of its own layer. */
  house: RegExp;
  packages: string[];
  /** Which of Node's own modules: all, or these. */
  node: 'all' | string[];
}

const domain = /^src\/domain\//;
const port = /^src\/(domain\/|ports\.ts$)/;
const stored = /^src\/(domain\/|(ports|redis|log|scripts|away|program)\.ts$)/;
const chats = /^(commands\/|src\/(domain\/|ports\.ts$))/;
const platform = /^(commands\/|platforms\/shared\/|src\/(domain\/|ports\.ts$))/;

/** DESIGN.md's table: the first layer whose `files` fit is a file's layer. */
const layers: Record<string, Layer> = {
  patterns: { files: /^src\/domain\/patterns\.ts$/, house: domain, packages: ['re2js'], node: [] },
  domain: { files: domain, house: domain, packages: ['zod', 'temporal-polyfill'], node: ['crypto'] },
  ports: { files: /^src\/ports(\.ts$|\/)/, house: domain, packages: [], node: [] },
  config: { files: /^src\/config(\.ts$|\/)/, house: domain, packages: ['zod'], node: 'all' },
  log: { files: /^src\/log\.ts$/, house: /^$/, packages: ['pino'], node: 'all' },
  metrics: { files: /^src\/metrics\.ts$/, house: port, packages: ['prom-client'], node: 'all' },
  redis: {
    files: /^src\/redis(\/|\.ts$)/,
    house: /^src\/log\.ts$/,
    packages: ['ioredis', 'js-redis-server'],
    node: 'all',
  },
  queue: { files: /^src\/queue\.ts$/, house: stored, packages: ['bullmq'], node: 'all' },
  run: {
    files: /^src\/worker\/run\.ts$/,
    house: /^src\/(domain\/|worker\/|(ports|redis|log|queue)\.ts$)/,
    packages: ['bullmq'],
    node: 'all',
  },
  flow: {
    files: /^src\/((worker|intake)\/|(intake|show|staff)\.ts$)/,
    house: port,
    packages: ['zod'],
    node: ['crypto'],
  },
  pages: { files: /^src\/pages\//, house: port, packages: [], node: [] },
  scripts: { files: /^src\/scripts\.ts$/, house: /^$/, packages: ['ioredis'], node: 'all' },
  program: { files: /^src\/program\.ts$/, house: /^$/, packages: [], node: 'all' },
  away: { files: /^src\/away\.ts$/, house: port, packages: [], node: [] },
  desk: { files: /^src\/desk\//, house: stored, packages: ['zod', 'ioredis'], node: 'all' },
  community: { files: /^src\/community\//, house: stored, packages: ['zod', 'ioredis'], node: 'all' },
  schedule: {
    files: /^src\/video\/schedule\.ts$/,
    house: /^src\/(domain\/|video\/|(ports|redis|log)\.ts$)/,
    packages: ['zod', 'ioredis'],
    node: 'all',
  },
  shared: {
    files: /^src\/video\/(pressure|standing|scripts)\.ts$/,
    house: stored,
    packages: ['zod', 'ioredis'],
    node: 'all',
  },
  hooks: { files: /^src\/video\/hooks\.ts$/, house: stored, packages: ['zod', 'standardwebhooks'], node: 'all' },
  video: { files: /^src\/video\//, house: stored, packages: ['zod', 'undici', 'yaml'], node: 'all' },
  media: {
    files: /^src\/media\//,
    house: stored,
    packages: ['zod', 'undici', 'sharp', 'mediabunny', 'heic-decode'],
    node: 'all',
  },
  sandbox: {
    files: /^src\/sandbox\//,
    house: stored,
    packages: ['zod', 'hono', '@hono/node-server', 'sharp', 'mediabunny', 'h264-mp4-encoder', 'standardwebhooks'],
    node: 'all',
  },
  commands: { files: /^commands\//, house: domain, packages: ['zod'], node: [] },
  chats: { files: /^platforms\/shared\//, house: chats, packages: [], node: 'all' },
  web: {
    files: /^platforms\/web\//,
    house: platform,
    packages: ['zod', 'hono', '@hono/node-server', 'ioredis'],
    node: 'all',
  },
  discord: { files: /^platforms\/discord\//, house: platform, packages: ['zod', 'discord.js'], node: 'all' },
  slack: {
    files: /^platforms\/slack\//,
    house: platform,
    packages: ['zod', '@slack/bolt', '@slack/oauth'],
    node: 'all',
  },
  main: { files: /^src\/main(\/|\.ts$)/, house: /./, packages: ['hono', '@hono/node-server'], node: 'all' },
};

/** A file's import: its own path and what it names, both from the root of the house; a package keeps its name. */
export interface Import {
  file: string;
  target: string;
}

/** Why an import is not allowed, or nothing. */
export function violation({ file, target }: Import): string | undefined {
  const from = layerOf(file);
  if (from === undefined) return `${file} belongs to no layer`;
  const { house, packages, node } = from.layer;
  if (target.startsWith('node:'))
    return node === 'all' || node.includes(target.slice(5))
      ? undefined
      : `${file} (${from.name}) may not import ${target}`;
  if (!/^(src|commands|platforms)\//.test(target)) {
    const name = /^(@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target;
    return packages.includes(name) ? undefined : `${file} (${from.name}) may not import ${target}`;
  }
  const to = layerOf(target);
  if (to?.name === 'main' && from.name !== 'main')
    return `${file} (${from.name}) may not import ${target}: nobody does`;
  return to?.name === from.name || house.test(target) ? undefined : `${file} (${from.name}) may not import ${target}`;
}

function layerOf(file: string) {
  const found = Object.entries(layers).find(([, { files }]) => files.test(file));
  return found && { name: found[0], layer: found[1] };
}

const patterns = [
  /\b(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/g,
  /(?:^|;)\s*import\s*['"]([^'"]+)['"]/gm,
  /\b(?:import|require|require\.resolve)\s*\(\s*['"`]([^'"`$]+)['"`]/g,
];

/** What a source imports: static, type and dynamic. A dynamic import that is no plain string throws, for nobody could check it. */
export function importsOf(file: string, source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const hidden = /\bimport\s*\(\s*(?!['"`])[^)]*\)/.exec(code)?.[0];
  if (hidden !== undefined) throw new Error(`${file}: ${hidden} cannot be checked`);
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, name = '']) => ({
      file,
      target: name.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file), name)) : name,
    })),
  );
}

/** The sources of the house by path. What browsers load lies in folders named public, and is not of it. */
export function sources(): Map<string, string> {
  const paths = ['src', 'commands', 'platforms'].flatMap((top) =>
    readdirSync(top, { recursive: true, encoding: 'utf8' }).map((path) => join(top, path).replaceAll('\\', '/')),
  );
  const code = paths.filter((path) => /\.[cm]?[jt]s$/.test(path) && !path.includes('/public/'));
  return new Map(code.map((path) => [path, readFileSync(path, 'utf8')]));
}

/** A circle of imports, as the path around it, or nothing. */
export function circle(imports: readonly Import[]): string[] | undefined {
  const targets = new Map<string, string[]>();
  for (const { file, target } of imports) targets.set(file, [...(targets.get(file) ?? []), target]);
  const done = new Set<string>();
  const walk = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of targets.get(file) ?? []) {
      const found = walk(target, [...path, file]);
      if (found) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of targets.keys()) {
    const found = walk(file, []);
    if (found) return found;
  }
  return undefined;
}
