import { TransientError } from '../../src/domain/errors.ts';

/** What the chat can do, and then lose the answer to. */
export type Doing = 'card' | 'film' | 'remove' | 'notice' | 'direct' | 'announce' | 'amend' | 'exhibit' | 'end';
/** What it can be made to fail at. */
export type ChatVerb = Doing | 'cannotPost' | 'level';

/** What each verb does next, by the test's script. */
export function createScript() {
  const errors = new Map<ChatVerb, (() => Error)[]>();
  const lost = new Map<Doing, number>();
  const gates = new Map<ChatVerb, Promise<void>>();
  return {
    fail: (verb: ChatVerb, times: number, error: () => Error) => {
      errors.set(verb, [...(errors.get(verb) ?? []), ...Array<() => Error>(times).fill(error)]);
    },
    loseAnswer: (verb: Doing, times: number) => {
      lost.set(verb, (lost.get(verb) ?? 0) + times);
    },
    hold: (verb: ChatVerb) => {
      let open: () => void = () => undefined;
      gates.set(
        verb,
        new Promise((done) => {
          open = done;
        }),
      );
      return () => {
        gates.delete(verb);
        open();
      };
    },
    before: async (verb: ChatVerb) => {
      await gates.get(verb);
      const error = errors.get(verb)?.shift();
      if (error) throw error();
    },
    answered: (verb: Doing) => {
      const left = lost.get(verb) ?? 0;
      if (left === 0) return;
      lost.set(verb, left - 1);
      throw new TransientError('the answer was lost');
    },
  };
}

/** Tells when something changed. */
export function createBell() {
  const listeners = new Set<() => void>();
  return {
    ring: () => {
      for (const listener of [...listeners]) listener();
    },
    until: (condition: () => boolean, ms = 10_000) =>
      new Promise<void>((done, fail) => {
        const timer = setTimeout(() => {
          listeners.delete(look);
          fail(new Error(`the chat did not come to it within ${ms} ms: ${condition}`));
        }, ms);
        const look = () => {
          if (!condition()) return;
          clearTimeout(timer);
          listeners.delete(look);
          done();
        };
        listeners.add(look);
        look();
      }),
  };
}
