import { describe, expect, test } from 'vitest';
import type { JobRef } from '../../src/domain/job.ts';
import type { Origin } from '../../src/domain/origin.ts';
import { textOf, useIntake } from '../support/intake.ts';
import { redisKinds } from '../support/redis.ts';

const there = { channel: 'films', thread: 'today' };
const otherThread = { channel: 'films', thread: 'tomorrow' };
const otherChannel = { channel: 'talk', thread: 'today' };

describe.each(redisKinds.slice(0, 1))('a film of a closed place on %s', (kind) => {
  const { rig } = useIntake(kind);

  /** What a press on a film of a place comes to: `taken`, or the word that it is refused with. */
  async function press(action: string, ref: JobRef, user: string, where: Partial<Origin>): Promise<string> {
    const call = rig.callOf(`film ${action}`, { job: ref.id }, { user, origin: where });
    return rig.intake.handle(call).then(
      () => 'taken',
      (error: { said?: { word: string } }) => error.said?.word ?? String(error),
    );
  }
  const filmOf = (closed: Origin['closed']) =>
    rig.film('video', { prompt: 'a secret' }, { origin: { ...there, ...(closed ? { closed } : {}) } });

  const cases: [Origin['closed'], string, Partial<Origin>, string, string][] = [
    // A closed thread: in there alone.
    [true, 'details', there, 'bob', 'taken'],
    [true, 'details', otherThread, 'bob', 'job.unknown'],
    [true, 'details', otherChannel, 'bob', 'job.unknown'],
    [true, 'cancel', there, 'mod', 'taken'],
    [true, 'cancel', otherThread, 'mod', 'job.unknown'],
    [true, 'again', there, 'bob', 'taken'],
    [true, 'again', otherThread, 'ada', 'again.closed'],
    [true, 'again', otherChannel, 'ada', 'again.closed'],
    // A closed channel: anywhere in it.
    ['channel', 'details', otherThread, 'bob', 'taken'],
    ['channel', 'details', otherChannel, 'bob', 'job.unknown'],
    ['channel', 'details', otherChannel, 'boss', 'taken'],
    ['channel', 'cancel', otherThread, 'mod', 'taken'],
    ['channel', 'cancel', otherChannel, 'mod', 'job.unknown'],
    ['channel', 'again', otherThread, 'bob', 'taken'],
    ['channel', 'again', otherChannel, 'ada', 'again.closed.channel'],
    ['channel', 'again', otherChannel, 'boss', 'again.closed.channel'],
    // An open one: its words may go anywhere.
    [undefined, 'details', otherChannel, 'bob', 'taken'],
    [undefined, 'again', otherChannel, 'bob', 'taken'],
    [undefined, 'cancel', otherChannel, 'mod', 'job.forbidden'],
  ];
  test.each(cases)('closed %s, %s in %o by %s: %s', async (closed, action, where, user, expected) => {
    expect(await press(action, await filmOf(closed), user, where)).toBe(expected);
  });

  test('its owner sees it wherever they are, and its record says what is closed', async () => {
    const ref = await filmOf('channel');
    expect((await rig.read(ref)).request.origin.closed).toBe('channel');
    const reply = await rig.ask('film details', { job: ref.id }, { origin: otherChannel });
    expect(textOf(reply)).toContain('Prompt: a secret');
  });
});
