import { describe, expect, it } from 'vitest';
import { JobFailure, TransientError, UserError } from '../../src/domain/errors.ts';
import { gatewayProfileSchema } from '../../src/domain/gateway.ts';
import { type Flag, Refused } from '../../src/ports.ts';
import { createModeration } from '../../src/video/moderation.ts';
import { failureOf, gatewayWith, html, kindOf, never, order, refused, reset, silence } from '../gateway/rig.ts';
import { createFakeLog } from '../support/intake.ts';
import { json } from '../support/scripted.ts';

const verdict = (...results: object[]) => json(200, { id: 'modr-1', model: 'm', results });
const clean = { flagged: false, categories: { violence: false } };
const asked = { profile: { moderation: true } } as const;

describe('the gateway is asked what its moderation says', () => {
  it('in the shape of OpenAI, by its own model unless the profile names one, with the key in the header', async () => {
    const { api, server, body } = await gatewayWith(verdict(clean), asked);
    expect(await api.moderate('a boat', never)).toBeUndefined();
    expect(server.seen).toMatchObject([{ method: 'POST', path: '/openai/v1/moderations' }]);
    expect(server.seen[0]?.headers.authorization).toMatch(/^Bearer sk-/);
    expect(body()).toEqual({ input: 'a boat' });
    const named = await gatewayWith(verdict(clean), { profile: { moderation: 'omni-moderation-latest' } });
    await named.api.moderate('a boat', never);
    expect(named.body()).toEqual({ input: 'a boat', model: 'omni-moderation-latest' });
  });

  it('and not at all unless its profile says so', async () => {
    const { api, server } = await gatewayWith(verdict({ flagged: true }));
    expect(await api.moderate('a fight', never)).toBeUndefined();
    expect(server.seen).toEqual([]);
  });

  it.each([
    [{ violence: true, 'violence/graphic': true, hate: false }, ['violence']],
    [{ 'sexual/minors': true, 'self-harm/intent': true }, ['sexual', 'self-harm']],
    [{ self_harm: true, 'illicit/violent': true, 'hate/threatening': true }, ['self-harm', 'illicit', 'hate']],
    [['harassment', 'something new'], ['harassment']],
    [{ something: true }, []],
    ['of no form', []],
    [undefined, []],
  ])('%j is about %j', async (categories, about) => {
    const { api } = await gatewayWith(verdict(clean, { flagged: true, categories }), asked);
    expect(await api.moderate('a fight', never)).toEqual({ about });
  });

  it.each([
    ['no results', json(200, { results: [] }), 'transient'],
    ['another shape', json(200, { flagged: false }), 'transient'],
    ['no JSON', html, 'transient'],
    ['500', json(500, refused('INTERNAL_ERROR')), 'transient'],
    ['404', json(404, refused('NOT_FOUND')), 'transient'],
    ['429', json(429, refused('RATE_LIMITED'), { 'retry-after': '2' }), 'throttled, 2000 ms'],
    ['401', json(401, refused('AUTHENTICATION_FAILED')), 'refused: misconfigured'],
    ['a reset', reset, 'transient'],
  ])('%s says nothing, and is no yes', async (_, script, kind) => {
    const { api } = await gatewayWith(script, asked);
    expect(await kindOf(api.moderate('a boat', never))).toBe(kind);
  });

  it.each([[true], ['omni-moderation-latest'], [false]])('the profile takes %j', (moderation) => {
    expect(gatewayProfileSchema.parse({ moderation }).moderation).toBe(moderation);
  });
  it.each([[''], [1], [null], [{}]])('the profile takes no %j', (moderation) => {
    expect(() => gatewayProfileSchema.parse({ moderation })).toThrow('the name of a model');
  });
});

describe('the moderation', () => {
  /** Over a gateway that answers in turn. */
  function rig(answers: (Error | Flag | undefined)[], more: { within?: number } = {}) {
    const { log, lines } = createFakeLog();
    let calls = 0;
    const moderate = async (): Promise<Flag | undefined> => {
      const answer = answers[calls];
      calls += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    };
    return { moderation: createModeration({ info: { moderate }, log, pause: 1, ...more }), lines, calls: () => calls };
  }
  const blip = new TransientError('no answer');

  it('asks again after a blip', async () => {
    const { moderation, calls, lines } = rig([blip, blip, { about: ['hate'] }]);
    expect(await moderation.look('x')).toEqual({ about: ['hate'] });
    expect([calls(), lines]).toEqual([3, []]);
  });

  it.each([
    ['three blips', [blip, blip, blip], 3],
    ['a refusal that only the operator can mend', [new Refused('misconfigured', 'no')], 1],
    ['a wait that is too long', [new TransientError('later', { retryAfter: 20_000 })], 1],
  ])('after %s nothing is taken, which is said and told', async (_, answers, times) => {
    const { moderation, calls, lines } = rig(answers);
    const error = await failureOf(moderation.look('x'));
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ refusal: 'unavailable', said: { word: 'moderation.away' }, retryAfter: 60 });
    expect(calls()).toBe(times);
    expect(lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('models file') }]);
  });

  it('does not wait for ever', async () => {
    const { api } = await gatewayWith(silence, asked);
    const { log, lines } = createFakeLog();
    const moderation = createModeration({ info: api, log, within: 50 });
    expect(await failureOf(moderation.look('x'))).toMatchObject({ said: { word: 'moderation.away' } });
    expect(lines[0]?.fields.err).toMatchObject({ message: 'no verdict within 50 ms' });
  });

  it('lets what is a bug be one', async () => {
    expect((await failureOf(rig([new TypeError('bug')]).moderation.look('x'))).name).toBe('TypeError');
  });
});

describe('what a refused order or a failed film was about', () => {
  const listed = 'Rejected by the safety system. safety_violations=[sexual, violence].';

  it.each([
    ['in the words of the safety system', { code: 'moderation_blocked', message: listed }, ['sexual', 'violence']],
    ['as a list', { code: 'CONTENT_POLICY_VIOLATION', message: 'no', categories: ['hate/threatening'] }, ['hate']],
    ['as flags', { code: 'sentinel_block', message: 'no', categories: { violence: true, hate: false } }, ['violence']],
    ['in no way that is known', { code: 'moderation_blocked', message: 'violence!' }, undefined],
    ['where it is no matter of policy', { code: 'INVALID_REQUEST', message: listed }, undefined],
  ])('is told %s', async (_, error, about) => {
    const order400 = await gatewayWith(json(400, { error }));
    const failure = await failureOf(order400.api.submit(order, never));
    expect(failure).toBeInstanceOf(JobFailure);
    expect((failure as JobFailure).about).toEqual(about);
    const failed = await gatewayWith(json(200, { id: 'video_1', status: 'failed', error }));
    const state = await failed.api.poll('video_1', never);
    expect(state).toMatchObject({ status: 'failed' });
    expect('about' in state ? state.about : undefined).toEqual(about);
  });
});
