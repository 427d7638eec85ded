import type { Call } from '../../src/domain/command.ts';
import { workflowMember } from '../../src/domain/origin.ts';
import type { Said } from '../../src/domain/words.ts';
import type { Around, Deed } from './deed.ts';
import type { StepEvent } from './payload.ts';
import { fileIn, messageIn, stepInputs, stepOf, stepPlace } from './steps.ts';
import { valueIn } from './text.ts';
import { say } from './words.ts';

/** Whether a workflow gave nothing there: a field of rich text that was left empty has a form all the same. */
function isEmpty(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return given === undefined || given === null || given === '';
  return (
    !/"(?:text|url|user_id|channel_id|message_ts)":"[^"]*[^\s"]/.test(JSON.stringify(given)) && !Array.isArray(given)
  );
}

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
  const { channel, thread, requester } = {
    channel: inputs[stepPlace.channel],
    thread: inputs[stepPlace.thread],
    requester: inputs[stepPlace.requester],
  };
  const root = messageIn(thread);
  let refused: Said | undefined = isEmpty(channel)
    ? { word: 'channel.unnamed' }
    : root === undefined && !isEmpty(thread)
      ? { word: 'thread.unnamed' }
      : undefined;
  const isMember = typeof requester === 'string' && /^[UW][A-Z0-9]+$/.test(requester);
  const call: Call = {
    key: `slack:${team}:step:${step}`,
    origin: {
      ...{ platform: 'slack', space: team, step, user: workflowMember, visibility: 'thread' },
      channel: String(channel ?? ''),
      ...(root === undefined ? {} : { thread: root }),
    },
    who: { id: isMember ? requester : workflowMember, name: say('card.workflow') },
    command: told.path,
    values: {},
    files: {},
    asks: false,
  };
  for (const [input, name] of Object.entries(stepInputs(told.leaf))) {
    const given = inputs[input];
    if (isEmpty(given)) continue;
    const field = told.leaf.fields[name] ?? { kind: 'text' };
    if (field.kind !== 'image') {
      call.values[name] = typeof given === 'string' ? valueIn(field, given, tools.names) : given;
      continue;
    }
    const file = fileIn(given);
    if (file === undefined) refused ??= { word: 'picture.unnamed' };
    else call.files[name] = tools.file(team, { id: file }, { channel: call.origin.channel, user: workflowMember });
  }
  return { is: 'step', call, refused };
}
