import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { scriptText } from '../src/scripts.ts';
import { tempFolder } from './support/folder.ts';

const shared = `-- What all share.
local P = KEYS[1]
local kept = {
  -- In the order of the year.
  'spring',
}

-- Nobody here needs it.
local function unused()
  return P
end

local function inner(n)
  if n then
    return n + 1
  end

  return 0
end

-- Calls the one before it.
local function outer(n) return inner(n) end
`;

async function textOf(own: string): Promise<string> {
  const folder = await tempFolder();
  onTestFinished(folder.remove);
  await writeFile(join(folder.path, 'shared.lua'), shared);
  await writeFile(join(folder.path, 'own.lua'), own);
  return scriptText(pathToFileURL(`${folder.path}/`), 'own');
}

test('a script takes along what it needs of what others share, in the order that it stands there, and no comments', async () => {
  expect(await textOf("-- WITH shared\n-- Says it.\nif kept then\n  -- It is.\n  return outer(1) .. '--'\nend\n")).toBe(
    [
      ...['local kept = {', "  'spring',", '}'],
      ...['local function inner(n)', '  if n then', '    return n + 1', '  end', '  return 0', 'end'],
      'local function outer(n) return inner(n) end',
      ...['if kept then', "  return outer(1) .. '--'", 'end', ''],
    ].join('\n'),
  );
});

test('a script that begins otherwise stands alone', async () => {
  expect(await textOf('return outer\n')).toBe('return outer\n');
});

test('a script may name several others, of which a later one stands on an earlier', async () => {
  const folder = await tempFolder();
  onTestFinished(folder.remove);
  await writeFile(join(folder.path, 'first.lua'), 'local a = 1\nlocal unused = 2\n');
  await writeFile(join(folder.path, 'second.lua'), 'local b = a + 1\n');
  await writeFile(join(folder.path, 'own.lua'), '-- WITH first second\nreturn b\n');
  expect(scriptText(pathToFileURL(`${folder.path}/`), 'own')).toBe('local a = 1\nlocal b = a + 1\nreturn b\n');
});
