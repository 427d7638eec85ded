import type { Command, Leaf } from './command.ts';

export interface At {
  path: string;
  leaf: Leaf;
}

/** Every leaf with its path, in the order of their declarations. */
export function pathsOf(commands: readonly Command[], above = ''): At[] {
  return commands.flatMap((entry) => {
    const path = `${above}${entry.name}`;
    return 'subs' in entry ? pathsOf(entry.subs, `${path} `) : [{ path, leaf: entry }];
  });
}

export const leavesOf = (command: Command): Leaf[] => pathsOf([command]).map(({ leaf }) => leaf);
