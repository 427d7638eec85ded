import type { Part } from '../../src/domain/command.ts';
import { linesOfTable } from '../shared/table.ts';
import { messageAt } from './ids.ts';
import { say } from './words.ts';

/** The lines of a part in a file, where nothing is marked up. */
export function plainLines(part: Part): string[] {
  switch (part.kind) {
    case 'text':
      return [part.text];
    case 'facts':
      return part.facts.map(({ label, value }) => `${label}: ${value}`);
    case 'cards':
      return part.cards.map(
        ({ prompt, line, seconds, size, job }, index) =>
          `${index + 1}. ${prompt}\n   ${[line, say('card.seconds', seconds), size, job].join(' · ')}`,
      );
    case 'table':
      return [...(part.title === undefined ? [] : [part.title]), ...linesOfTable(part)];
    case 'place': {
      const { label, origin, post } = part;
      const { space, channel, thread = channel } = origin;
      const there = post && post.place !== 'private' ? messageAt(post.ref, space) : undefined;
      return [`${label}: ${there ?? `https://discord.com/channels/${space}/${thread}`}`];
    }
    case 'file':
    case 'buttons':
      return [];
  }
}
