import { LostAnswer, TransientError } from '../domain/errors.ts';
import type { Dialect, GatewayProfile } from '../domain/gateway.ts';
import type { ModelCard } from '../domain/model.ts';
import { type GatewayInfo, type Refused, type Throttled, Unreached, type VideoApi } from '../ports.ts';
import { fieldsOf, orderOf, type Terms } from './body.ts';
import { type Answer, Broken, createHttp, NotSent } from './http.ts';
import { findRequest, readBalance, readEstimate, readSchema, readSecret } from './native.ts';
import { refusedCall, refusedOrder } from './refusals.ts';
import { cleaner, readComplaint, readModels, readTask, readTaskId, textOf } from './replies.ts';
import { readFlag } from './verdicts.ts';

/** A gateway as the operator set it up. */
export interface Gateway {
  baseUrl: string;
  key: string;
  /** What it is called in records and logs; its base URL, if left out. */
  name?: string;
  dialect: Dialect;
  profile: GatewayProfile;
  /** Says which models take the operator's own key with OpenAI. */
  cards?: readonly ModelCard[];
  openaiKey?: string | undefined;
  /** A link, open to the gateway, to a picture of the media store: the same for every attempt at one order, else a repetition is another request. */
  pictureLink?: Terms['pictureLink'];
  timeoutMs?: number;
  /** Told once of each status word that is taken for *running* because nobody knows it. */
  unknownStatus?: (status: string) => void;
  /** Told of each film that came without a link and lies where the other dialect has it. */
  otherDialect?: () => void;
}

/** How many odd status words are kept in mind. */
const oddMost = 100;

/**
 * An OpenAI-shaped gateway at `baseUrl`; every exchange is bounded by `timeoutMs` and made once. The keys go nowhere else and
 * stand in no message: those carry the status, the gateway's code and at most 200 characters of its message. Only a
 * submit ends a job: whatever goes wrong in another call is a {@link TransientError}, as {@link Throttled} or {@link Refused}
 * where that is why. An aborted call throws the signal's reason, an aborted submit {@link LostAnswer}.
 */
export function createVideoApi(gateway: Gateway): VideoApi & GatewayInfo & { close(): Promise<void> } {
  const { key, dialect, profile, openaiKey, timeoutMs = 30_000 } = gateway;
  const base = gateway.baseUrl.replace(/\/+$/, '');
  const native = profile.native ?? base;
  const http = createHttp({ key, timeoutMs });
  const terms: Terms = { profile, cards: gateway.cards ?? [], openaiKey, pictureLink: gateway.pictureLink };
  const at = (taskId: string): string => `${base}/videos/${encodeURIComponent(taskId)}`;
  const odd = new Set<string>();
  const reading = {
    clean: cleaner([key, openaiKey]),
    unknownStatus(status: string) {
      if (odd.has(status) || odd.size >= oddMost) return;
      odd.add(status);
      gateway.unknownStatus?.(status);
    },
  };

  function complaintOf(what: string, answer: Answer, clean = reading.clean) {
    const said = readComplaint(answer.json, clean);
    const text = `${what}: the gateway answered ${answer.status} ${textOf(said)}`.trimEnd();
    return { said, text };
  }
  function later(what: string, answer: Answer): TransientError {
    const { said, text } = complaintOf(what, answer);
    return refusedCall(answer, said, text);
  }

  /** What an exchange without an answer means: nothing was sent, or `Lost`. */
  async function exchange(
    what: string,
    Lost: typeof TransientError | typeof LostAnswer,
    ...sent: Parameters<typeof http.send>
  ): Promise<Answer> {
    try {
      return await http.send(...sent);
    } catch (error) {
      if (error instanceof NotSent) throw new Unreached(`${what}: ${error.message}`, { cause: error });
      if (error instanceof Broken) throw new Lost(`${what}: ${error.message}`, { cause: error });
      throw error;
    }
  }

  /** A call that changes nothing or may be repeated at will. */
  const ask = (method: 'GET' | 'DELETE', url: string, what: string, signal: AbortSignal): Promise<Answer> =>
    exchange(what, TransientError, method, url, {}, signal);

  return {
    name: gateway.name ?? base,

    async submit(order, signal) {
      const sent = orderOf(order, terms);
      const answer = await exchange('submit', LostAnswer, 'POST', `${base}/videos`, sent, signal);
      const taken = answer.status >= 200 && answer.status < 300 ? readTaskId(answer.json) : undefined;
      if (taken !== undefined) return { taskId: taken };
      const link = order.picture && gateway.pictureLink?.(order.picture.name, order.sentAt);
      const { said, text } = complaintOf('submit', answer, cleaner([key, openaiKey, order.hook, link]));
      throw refusedOrder(answer, said, answer.status < 300 ? `${text} (no id)` : text, order.recipe.model);
    },

    async poll(taskId, signal) {
      const answer = await ask('GET', at(taskId), 'poll', signal);
      if (answer.status === 404 || answer.status === 410) return { status: 'missing' };
      const state = answer.status === 200 ? readTask(answer.json, reading) : undefined;
      if (!state) throw later('poll', answer);
      if (state.status !== 'completed' || (dialect === 'output' && state.url !== undefined)) return state;
      const content = `${at(taskId)}/content`;
      if (dialect === 'content') return { ...state, url: content };
      if (!(await http.leads(content, signal))) return state;
      gateway.otherDialect?.();
      return { ...state, url: content };
    },

    async cancel(taskId, signal) {
      const answer = await ask('DELETE', at(taskId), 'cancel', signal);
      // Any other refusal is an answer too: the task has ended, cannot be stopped, or not with this key.
      if (answer.status >= 500 || [401, 402, 408, 429].includes(answer.status)) throw later('cancel', answer);
    },

    find(sentUnder, sentAt, signal) {
      const list = async (url: string): Promise<unknown> => {
        const answer = await ask('GET', url, 'find', signal);
        if (answer.status !== 200) throw later('find', answer);
        return answer.json;
      };
      return findRequest(native, { key: sentUnder, sentAt }, list, reading);
    },

    async models(signal) {
      const answer = await ask('GET', `${base}/models`, 'models', signal);
      const ids = answer.status === 200 ? readModels(answer.json) : undefined;
      if (ids) return ids;
      // Some gateways list no models, or not to every key; a 404 is most likely a wrong address.
      const { said, text } = complaintOf('models', answer);
      if (answer.status === 403) throw new TransientError(text);
      throw refusedCall(answer, said, answer.status === 404 ? `${text}: does VIDEO_API_URL end before /videos?` : text);
    },

    async schema(model, signal) {
      const url = `${native}/models/${encodeURIComponent(model)}?schema=true`;
      const answer = await ask('GET', url, 'schema', signal);
      if (answer.status === 200) return readSchema(answer.json);
      if ([400, 404, 405, 410, 501].includes(answer.status)) return undefined;
      throw later('schema', answer);
    },

    async estimate(recipe, signal) {
      if (!profile.dryRun) return undefined;
      // Costs nothing by the gateway's promise; whether it keeps it is not known of an answer that was lost.
      const sent = { body: { json: fieldsOf(recipe, terms) } };
      const answer = await exchange('estimate', LostAnswer, 'POST', `${base}/videos?dryRun=true`, sent, signal);
      const { status, json } = answer;
      const price = status === 200 ? readEstimate(json) : undefined;
      if (price !== undefined) return price;
      const made = status < 300 ? readTaskId(json) : undefined;
      if (made !== undefined) throw new LostAnswer(`estimate: a dry run was answered with the task ${made}`);
      if (status >= 500 || [401, 402, 403, 408, 429].includes(status)) throw later('estimate', answer);
      return undefined;
    },

    async moderate(text, signal) {
      const { moderation } = profile;
      if (moderation === false) return undefined;
      const json = { input: text, ...(moderation === true ? {} : { model: moderation }) };
      const answer = await exchange(
        'moderation',
        TransientError,
        'POST',
        `${base}/moderations`,
        { body: { json } },
        signal,
      );
      const flag = answer.status === 200 ? readFlag(answer.json) : undefined;
      if (flag === undefined) throw later('moderation', answer);
      return flag ?? undefined;
    },

    async webhookSecret(signal) {
      if (profile.native === undefined) return undefined;
      const answer = await ask('GET', `${native}/webhooks/secret`, 'webhook secret', signal);
      if (answer.status !== 200) throw later('webhook secret', answer);
      return readSecret(answer.json);
    },

    async probe(reason, signal) {
      if (reason === 'funds' && profile.native === undefined) return 'unknown';
      const url = reason === 'funds' ? `${native}/balance` : `${base}/models`;
      const answer = await ask('GET', url, 'probe', signal);
      const { status, json } = answer;
      if (status === 200) return reason === 'funds' ? readBalance(json) : 'well';
      if (status === 429 || status === 408 || status >= 500) throw later('probe', answer);
      return status === 401 ? 'ill' : 'unknown';
    },

    close: http.close,
  };
}
