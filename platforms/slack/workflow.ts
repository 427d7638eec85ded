import type { Call } from '../../src/domain/command.ts';
import { TransientError } from '../../src/domain/errors.ts';
import { workflowMember } from '../../src/domain/origin.ts';
import type { StepOutcome, Workflows } from '../../src/ports.ts';
import type { Api } from './api.ts';
import type { Around, Deed } from './deed.ts';
import { codeOf } from './errors.ts';
import { linkTo, readRef } from './ids.ts';
import type { StepEvent } from './payload.ts';
import { fileIn, messageIn, stepInputs, stepOf, stepOutputs, stepPlace } from './steps.ts';
import { readable } from './text.ts';
import { say } from './words.ts';

/**
 * A workflow came to a step of the bot. It names no member: the workspace's workflow budget pays, and whoever is to be named in the film's
 * message is named there alone.
 */
export function readStep(
  { function: { callback_id }, inputs, function_execution_id: step }: StepEvent,
  team: string,
  tools: Around,
): Deed {
  const told = stepOf(callback_id, tools.commands);
  if (!told) return { is: 'silent' };
  const call: Call = {
    key: `slack:${team}:step:${step}`,
    origin: {
      ...{ platform: 'slack', space: team, step, user: workflowMember, visibility: 'thread' },
      channel: String(inputs[stepPlace.channel] ?? ''),
      ...(messageIn(inputs[stepPlace.thread]) === undefined ? {} : { thread: messageIn(inputs[stepPlace.thread]) }),
    },
    who: { id: workflowMember, name: say('card.workflow') },
    command: told.path,
    values: {},
    files: {},
    asks: false,
  };
  const requester = inputs[stepPlace.requester];
  if (typeof requester === 'string' && /^[UW][A-Z0-9]+$/.test(requester)) call.who = { ...call.who, id: requester };
  for (const [input, name] of Object.entries(stepInputs(told.leaf))) {
    const given = inputs[input];
    if (given === undefined || given === null || given === '') continue;
    if (told.leaf.fields[name]?.kind !== 'image') {
      call.values[name] = typeof given === 'string' ? readable(given, tools.names) : given;
      continue;
    }
    const file = fileIn(given);
    if (file !== undefined) call.files[name] = tools.file(team, { id: file, file_access: 'check_file_info' });
  }
  return { is: 'step', call };
}

/** What Slack says of a step that has ended, or was told already. */
const over = [
  'execution_not_in_running_state',
  'function_execution_not_found',
  'invalid_function_execution_id',
  'trigger_not_found',
];

/** Tells workflows how their steps ended, by the bot's own token: a step's own ends after a quarter of an hour. */
export function createWorkflows(
  api: Api,
): Workflows & { fail(team: string, step: string, why: string): Promise<void> } {
  async function told(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!over.includes(codeOf(error) ?? '')) throw error;
    }
  }
  const fail = (team: string, step: string, why: string): Promise<void> =>
    told(() => api.call(team, (client) => client.functions.completeError({ function_execution_id: step, error: why })));

  /** Where the film is read; what Slack does not tell is made up of what it is known to be. */
  async function linkOf(team: string, ref: string): Promise<string> {
    const { channel, ts } = readRef(ref);
    try {
      const { permalink } = await api.call(team, (client) => client.chat.getPermalink({ channel, message_ts: ts }));
      return permalink ?? linkTo(ref);
    } catch (error) {
      if (error instanceof TransientError) throw error;
      return linkTo(ref);
    }
  }

  return {
    fail,
    async end({ space, step }, outcome: StepOutcome) {
      if (step === undefined) return;
      if (outcome.is === 'failed') return fail(space, step, outcome.why);
      const { post, seconds, credits } = outcome;
      const { file } = readRef(post);
      const outputs: Record<string, string | number> = {
        [stepOutputs.link]: await linkOf(space, post),
        ...(file === undefined ? {} : { [stepOutputs.file]: file }),
        [stepOutputs.status]: 'delivered',
        [stepOutputs.seconds]: seconds,
        [stepOutputs.credits]: credits,
      };
      await told(() =>
        api.call(space, (client) => client.functions.completeSuccess({ function_execution_id: step, outputs })),
      );
    },
  };
}
