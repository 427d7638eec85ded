import type { PostPlace } from '../../src/domain/job.ts';

/** Nothing can be posted at one place: `gone`, there is no such channel or thread; `shut`, the bot may not. Another place may do. */
export class PlaceClosed extends Error {
  override readonly name = 'PlaceClosed';
  readonly why: 'gone' | 'shut';

  constructor(why: 'gone' | 'shut', cause: unknown) {
    super(`the place is ${why}`, { cause });
    this.why = why;
  }
}

/** A place where a film may stand, and how its spot in the chat is found. */
export interface Place<Spot> {
  place: PostPlace;
  spot(): Promise<Spot>;
}

/** Tries places until one takes what is posted: `next` names the one after a place that would not do. Throws the last one's refusal. */
export async function somewhere<Spot, T>(
  first: Place<Spot>,
  next: (before: Place<Spot>, refusal: PlaceClosed) => Place<Spot> | undefined,
  attempt: (spot: Spot, place: PostPlace) => Promise<T>,
): Promise<T> {
  let place: Place<Spot> | undefined = first;
  for (;;) {
    try {
      return await attempt(await place.spot(), place.place);
    } catch (error) {
      if (!(error instanceof PlaceClosed)) throw error;
      place = next(place, error);
      if (!place) throw error;
    }
  }
}
