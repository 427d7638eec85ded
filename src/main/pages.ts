import { access } from 'node:fs/promises';
import type { Links } from '../media/links.ts';
import type { PageLinks } from '../media/pageLinks.ts';
import type { Store } from '../media/store.ts';
import { createChallengePages, type PageTools } from '../pages/challenge.ts';
import { createSeasonPages, type SeasonPageTools } from '../pages/season.ts';
import type { Pages } from '../ports.ts';

/** Pages that show what is kept here: a film only while its file is there, and by links that end. */
export function openPages({
  media,
  links,
  pageLinks,
  ...kept
}: Pick<PageTools, 'challenges' | 'desk' | 'withheld'> & {
  seasons: PageTools['seasons'] & SeasonPageTools['seasons'];
  media: Pick<Store, 'path'>;
  links: Pick<Links, 'link'>;
  pageLinks: Pick<PageLinks, 'opens'>;
}): Pages {
  const challenges = createChallengePages({
    ...kept,
    opens: pageLinks.opens,
    path: async (name, until) => {
      const there = await access(media.path(name)).then(
        () => true,
        () => false,
      );
      // A page may be open by another name of this address than the public one.
      return there ? new URL(links.link(name, until)).pathname : undefined;
    },
    now: Date.now,
  });
  return { ...challenges, ...createSeasonPages({ seasons: kept.seasons, now: Date.now }) };
}
