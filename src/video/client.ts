import { type FailureReason, JobFailure, LostAnswer, TransientError } from '../domain/errors.ts';
import type { Recipe } from '../domain/recipe.ts';
import type { VideoApi } from '../ports.ts';
import { type Answer, Broken, createHttp, NotSent } from './http.ts';
import { meaningOf, readComplaint, readModels, readTask, readTaskId } from './replies.ts';

/** Statuses that say by themselves who must act, where the gateway's code says nothing. */
const statuses: Record<number, FailureReason> = {
  400: 'invalid',
  401: 'misconfigured',
  402: 'funds',
  403: 'misconfigured',
  413: 'invalid',
  415: 'invalid',
  422: 'invalid',
  429: 'busy',
};

const dataUri = (image: Uint8Array): string =>
  `data:image/${image[0] === 0x89 ? 'png' : 'jpeg'};base64,${Buffer.from(image).toString('base64')}`;

/** The recipe's extras come first and never change what was agreed on; one film is one task, so `n` and aliases are left out. */
function bodyOf(task: { key: string; recipe: Recipe; image: Uint8Array | undefined }): Record<string, unknown> {
  const { key, recipe, image } = task;
  return {
    ...recipe.extras,
    n: undefined,
    duration: undefined,
    model: recipe.model,
    prompt: recipe.prompt,
    seconds: String(recipe.seconds),
    size: recipe.size,
    input_reference: image && { image_url: dataUri(image) },
    idempotency_key: key,
    user: key,
  };
}

/** The error that a refused submit means: by the gateway's code, then by the status. */
function refusal({ status, retryAfter }: Answer, code: string | undefined, text: string): Error {
  const meaning = meaningOf(code);
  const doubtful = meaning === 'doubtful' || status === 408 || status === 409 || status >= 500;
  const reason = meaning ?? (doubtful ? 'doubtful' : (statuses[status] ?? 'misconfigured'));
  if (reason === 'doubtful') return new LostAnswer(text);
  if (reason === 'busy') return new TransientError(text, retryAfter === undefined ? {} : { retryAfter });
  return new JobFailure(reason, text);
}

/**
 * An OpenAI-shaped gateway at `baseUrl` (`POST /videos`, `GET` and `DELETE /videos/{id}`, `GET /models`); every exchange is
 * bounded by `timeoutMs`. The key goes nowhere else and stands in no message: those carry the status, the gateway's code
 * and at most 200 characters of its message. A poll or a cancel never fails a job: whatever goes wrong is a
 * {@link TransientError}. An aborted poll or cancel throws the signal's reason, an aborted submit {@link LostAnswer}.
 */
export function createVideoApi(options: {
  baseUrl: string;
  key: string;
  timeoutMs?: number;
}): VideoApi & { close(): Promise<void> } {
  const { key, timeoutMs = 30_000 } = options;
  const base = options.baseUrl.replace(/\/+$/, '');
  const http = createHttp({ key, timeoutMs });
  const at = (taskId: string): string => `${base}/videos/${encodeURIComponent(taskId)}`;

  function complaintOf(what: string, answer: Answer): string {
    const { code, message } = readComplaint(answer.json, key);
    const said = [code, code === message ? '' : message].filter(Boolean).join(': ');
    return `${what}: the gateway answered ${answer.status}${said === '' ? '' : ` ${said}`}`;
  }

  /** A call that changes nothing or may be repeated at will. */
  async function ask(method: 'GET' | 'DELETE', url: string, what: string, signal: AbortSignal): Promise<Answer> {
    try {
      return await http.send(method, url, undefined, signal);
    } catch (error) {
      if (error instanceof NotSent || error instanceof Broken) {
        throw new TransientError(`${what}: ${error.message}`, { cause: error });
      }
      throw error;
    }
  }

  const later = (what: string, answer: Answer): TransientError =>
    new TransientError(
      complaintOf(what, answer),
      answer.retryAfter === undefined ? {} : { retryAfter: answer.retryAfter },
    );

  async function post(body: Record<string, unknown>, signal: AbortSignal): Promise<Answer> {
    try {
      return await http.send('POST', `${base}/videos`, body, signal);
    } catch (error) {
      if (error instanceof NotSent) throw new TransientError(`submit: ${error.message}`, { cause: error });
      if (error instanceof Broken) throw new LostAnswer(`submit: ${error.message}`, { cause: error });
      throw error;
    }
  }

  return {
    async models(signal) {
      const answer = await ask('GET', `${base}/models`, 'models', signal);
      const ids = answer.status === 200 ? readModels(answer.json) : undefined;
      if (ids) return ids;
      const text = complaintOf('models', answer);
      if ([401, 402, 403, 404].includes(answer.status)) throw new JobFailure('misconfigured', text);
      throw later('models', answer);
    },

    async submit(task, signal) {
      const answer = await post(bodyOf(task), signal);
      if (answer.status < 200 || answer.status > 299) {
        throw refusal(answer, readComplaint(answer.json, key).code, complaintOf('submit', answer));
      }
      const taskId = readTaskId(answer.json);
      if (taskId === undefined) throw new LostAnswer(`submit: the gateway answered ${answer.status} without an id`);
      return { taskId };
    },

    async poll(taskId, signal) {
      const answer = await ask('GET', at(taskId), 'poll', signal);
      if (answer.status === 404 || answer.status === 410) return { status: 'missing' };
      const state = answer.status === 200 ? readTask(answer.json, key) : undefined;
      if (!state) throw later('poll', answer);
      return state;
    },

    async cancel(taskId, signal) {
      const answer = await ask('DELETE', at(taskId), 'cancel', signal);
      // Any other refusal is an answer too: the task has ended, or cannot be stopped.
      if (answer.status >= 500 || [401, 403, 408, 429].includes(answer.status)) throw later('cancel', answer);
    },

    close: http.close,
  };
}
