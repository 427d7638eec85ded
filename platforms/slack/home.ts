import type { types } from '@slack/bolt';
import { label, type Message, paragraphs, rows } from './blocks.ts';
import { formId, refreshId } from './ids.ts';
import { limits } from './limits.ts';
import { say } from './words.ts';

/** The page of the bot: what somebody has, their films, and the way to a new one, which is a command's form at `path`. */
export function homeOf(path: string | undefined, quota: Message, jobs: Message): types.HomeView {
  const buttons = [
    ...(path === undefined ? [] : [{ label: say('home.new'), actionId: formId(path) }]),
    { label: say('home.refresh'), actionId: refreshId },
  ];
  return {
    type: 'home',
    blocks: [
      { type: 'header', text: label(say('home.title'), limits.header) },
      ...rows(buttons, true),
      ...jobs.blocks,
      { type: 'divider' },
      ...quota.blocks,
    ],
  };
}

/** The same, where nothing can be told of it now. */
export const homeAway = (why: string): types.HomeView => ({
  type: 'home',
  blocks: [
    { type: 'header', text: label(say('home.title'), limits.header) },
    ...paragraphs(why),
    ...rows([{ label: say('home.refresh'), actionId: refreshId }]),
  ],
});
