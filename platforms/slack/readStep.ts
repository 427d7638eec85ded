import type { Call, FileRef } from '../../src/domain/command.ts';
import { type Origin, workflowMember } from '../../src/domain/origin.ts';
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

/** Who asks for what, and where, as far as the inputs besides its fields say; `refused`: what is wrong with them. */
interface Asked extends Pick<Call, 'who'> {
  origin: Pick<Origin, 'channel' | 'thread' | 'user' | 'visibility'>;
  refused: Said | undefined;
}

const memberIn = (given: unknown): string | undefined =>
  typeof given === 'string' && /^[UW][A-Z0-9]+$/.test(given) ? given : undefined;

/** A step that names no member: the film is the workflow's, and whoever is to be named in its message is named there alone. */
function asWorkflow(inputs: StepEvent['inputs']): Asked {
  const { channel, thread } = { channel: inputs[stepPlace.channel], thread: inputs[stepPlace.thread] };
  const root = messageIn(thread);
  const unnamed = root === undefined && !isEmpty(thread);
  return {
    origin: {
      ...{ user: workflowMember, visibility: 'thread', channel: String(channel ?? '') },
      ...(root === undefined ? {} : { thread: root }),
    },
    who: { id: memberIn(inputs[stepPlace.requester]) ?? workflowMember, name: say('card.workflow') },
    refused: isEmpty(channel) ? { word: 'channel.unnamed' } : unnamed ? { word: 'thread.unnamed' } : undefined,
  };
}

/** A step that acts for a member, as if they had asked with nobody beside them. */
function asMember(inputs: StepEvent['inputs']): Asked {
  const named = memberIn(inputs[stepPlace.requester]);
  const user = named ?? workflowMember;
  return {
    origin: { user, channel: user, visibility: 'private' },
    who: { id: user, name: user },
    refused: named === undefined ? { word: 'requester.unnamed' } : undefined,
  };
}

/**
 * A workflow came to a step of the bot. The workspace's workflow budget pays. Its pictures are those that all in the film's channel see: who
 * set it going is not known, so nobody's own are taken for it.
 */
export function readStep(
  { function: { callback_id }, inputs, function_execution_id: step }: StepEvent,
  team: string,
  tools: Around,
): Deed {
  const told = stepOf(callback_id, tools.commands);
  if (!told) return { is: 'silent' };
  const { origin, who, ...asked } = told.leaf.stepFor === 'member' ? asMember(inputs) : asWorkflow(inputs);
  let { refused } = asked;
  const values: Record<string, unknown> = {};
  const files: Record<string, FileRef> = {};
  for (const [input, name] of Object.entries(stepInputs(told.leaf))) {
    const given = inputs[input];
    if (isEmpty(given)) continue;
    const field = told.leaf.fields[name] ?? { kind: 'text' };
    if (field.kind !== 'image') {
      values[name] = typeof given === 'string' ? valueIn(field, given, tools.names) : given;
      continue;
    }
    const file = fileIn(given);
    if (file === undefined) refused ??= { word: 'picture.unnamed' };
    else files[name] = tools.file(team, { id: file }, { channel: origin.channel, user: workflowMember });
  }
  const call: Call = {
    key: `slack:${team}:step:${step}`,
    origin: { platform: 'slack', space: team, step, ...origin },
    ...{ who, command: told.path, values, files, asks: false },
  };
  return { is: 'step', call, refused };
}
