import { type PostPlace, postPlaces } from '../../src/domain/job.ts';
import type { Spot } from './places.ts';

/** What a posting wrote down before anything could come to stand in the chat: its file, or that it goes as a link; and where. */
export interface Mark {
  file: string | undefined;
  spot: Spot;
  place: PostPlace;
}

const asLink = 'link';

export const markOf = ({ file, spot: { channel, thread = '' }, place }: Mark): string =>
  [file ?? asLink, channel, place, thread].join('/');

export function readMark(text: string): Mark {
  const [file = '', channel = '', named, thread = ''] = text.split('/');
  return {
    file: file === asLink ? undefined : file,
    spot: { channel, thread: thread === '' ? undefined : thread },
    place: postPlaces.find((place) => place === named) ?? 'asked',
  };
}
