import type { Command, Field, Leaf } from '../../src/domain/command.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import { pathsOf } from '../../src/domain/paths.ts';
import { word } from '../../src/domain/words.ts';
import { offeredFields } from '../shared/fields.ts';

/** A command, and how it is called for. */
interface Told {
  path: string;
  leaf: Leaf;
}

/** What a step is given, or gives, as Slack's manifest has it. */
interface Parameter {
  type: string;
  name: string;
  title: string;
  description: string;
  is_required: boolean;
}
export interface StepFunction {
  title: string;
  description: string;
  input_parameters: Record<string, Parameter>;
  output_parameters: Record<string, Parameter>;
}

/** The inputs of a step that are no fields of its command: where the film goes, and for whom it is. */
export const stepPlace = { channel: 'channel', thread: 'thread', requester: 'requester' } as const;
/** What a step hands to the steps after it. */
export const stepOutputs = {
  link: 'link',
  file: 'file',
  status: 'status',
  seconds: 'seconds',
  credits: 'credits',
} as const;

/** What a step that ended well says of how. */
export const endings = { done: 'delivered', entered: 'entered' } as const;

/** A step has one film to hand on. */
const typedAlone = ['count'];

/** Whether somebody who builds a workflow can set the field: an id of a film or a price means nothing before there is one. */
const canSet = (name: string, { kind }: Field): boolean =>
  !typedAlone.includes(name) && kind !== 'job' && kind !== 'quote';

/** The fields of a command by the names of its step's inputs. */
export function stepInputs(leaf: Leaf): Record<string, string> {
  return Object.fromEntries(
    Object.entries(leaf.fields).flatMap(([name, field]) => (canSet(name, field) ? [[name, name]] : [])),
  );
}

/** The callback id of a command's step. */
export const stepCallback = (path: string): string => path.replaceAll(' ', '_');

/** All commands that are steps too. */
const stepsOf = (commands: readonly Command[]): Told[] =>
  pathsOf(commands).filter(({ leaf }) => leaf.surfaces.includes('step'));

/** The callback ids of all steps. */
export const stepCallbacks = (commands: readonly Command[]): string[] =>
  stepsOf(commands).map(({ path }) => stepCallback(path));

/** The command behind the callback id of a step. */
export const stepOf = (callback: string, commands: readonly Command[]): Told | undefined =>
  stepsOf(commands).find(({ path }) => stepCallback(path) === callback);

/**
 * A picture is rich text: Workflow Builder offers no field for Slack's own type of a file, and lets a form's file be put into rich text
 * alone, as its id (slackapi/bolt-js#2407). A choice is text, so that an answer from a form may be put there, with what it takes beside it.
 */
const types: Record<Field['kind'], string> = {
  text: 'string',
  choice: 'string',
  integer: 'number',
  boolean: 'boolean',
  image: 'slack#/types/rich_text',
  model: 'string',
  job: 'string',
  member: 'slack#/types/user_id',
  channel: 'slack#/types/channel_id',
  role: 'slack#/types/usergroup_id',
  quote: 'string',
};

function taken(name: string, field: Field, models: readonly ModelCard[]): string | undefined {
  if (name === 'seconds')
    return `${models.map(({ label, seconds }) => `${label}: ${seconds.join(', ')}`).join(' · ')}.`;
  if (field.kind === 'integer') return `A whole number from ${field.min} to ${field.max}.`;
  if (field.kind === 'choice') return `One of ${field.choices.map(({ value }) => value).join(', ')}.`;
  if (field.kind === 'model') return `One of ${models.map(({ id }) => id).join(', ')}; left out, the usual one.`;
  if (field.kind === 'image') {
    return 'The file of an earlier step, as its File ID, or a link to it. The bot has to be in a channel where it was posted.';
  }
  return undefined;
}

function inputOf(name: string, field: Field, models: readonly ModelCard[]): Parameter {
  const hint = field.hint === undefined ? undefined : word(field.hint);
  const description = [taken(name, field, models), hint].filter((part) => part !== undefined).join(' ');
  const title = word(field.label);
  return { type: types[field.kind], name, title, description, is_required: field.required === true };
}

const requesterType = 'slack#/types/user_id';
/** Where a film of a workflow's own goes. */
const places: Parameter[] = [
  {
    type: 'slack#/types/channel_id',
    name: stepPlace.channel,
    title: 'Channel',
    description: 'Where the film is posted. Invite the bot to it first.',
    is_required: true,
  },
  {
    type: 'slack#/types/message_ts',
    name: stepPlace.thread,
    title: 'Thread',
    description: 'The message whose thread the film goes to; left out, it begins one of its own.',
    is_required: false,
  },
  {
    type: requesterType,
    name: stepPlace.requester,
    title: 'For whom',
    description: "Named in the film's message. They pay nothing: workflows have a budget of their own.",
    is_required: false,
  },
];
/** Who is asked for by a step that acts for a member: its film goes where one of theirs would. */
const member: Parameter[] = [
  {
    type: requesterType,
    name: stepPlace.requester,
    title: 'For whom',
    description:
      'Whose film it is, and who is told of it: as a rule the person who used the workflow. They pay nothing: workflows have a budget of their own.',
    is_required: true,
  },
];
/** The inputs of a step that are no fields of its command. */
const besides = ({ stepFor }: Leaf): Parameter[] => (stepFor === 'member' ? member : places);

const output = (name: string, type: string, title: string, description: string, is_required = false): Parameter => ({
  ...{ type, name, title, description, is_required },
});
const outputsOf = ({ stepFor }: Leaf): Parameter[] => [
  output(stepOutputs.link, 'string', 'Link', 'A link to the message with the film, where all may read it.'),
  output(stepOutputs.file, 'string', 'File', "The film's id among Slack's files, where all may see it."),
  output(
    stepOutputs.status,
    'string',
    'Status',
    `How it ended: ${endings[stepFor === 'member' ? 'entered' : 'done']}.`,
    true,
  ),
  output(stepOutputs.seconds, 'number', 'Seconds', 'How long the film is.'),
  output(stepOutputs.credits, 'number', 'Credits', "What it took of the workflows' budget."),
];

const named = (all: readonly Parameter[]): Record<string, Parameter> =>
  Object.fromEntries(all.map((one) => [one.name, one]));

function functionOf({ leaf }: Told, models: readonly ModelCard[]): StepFunction {
  const offered = new Map(offeredFields(leaf, models));
  const fields = Object.entries(stepInputs(leaf)).flatMap(([input, name]) => {
    const field = offered.get(name);
    return field === undefined ? [] : [inputOf(input, field, models)];
  });
  return {
    title: word(leaf.step ?? leaf.title ?? leaf.summary),
    description: word(leaf.summary),
    input_parameters: named([...fields, ...besides(leaf)]),
    output_parameters: named(outputsOf(leaf)),
  };
}

/** The steps for workflows, by callback id, as the manifest declares them. */
export function stepFunctions(
  commands: readonly Command[],
  models: readonly ModelCard[],
): Record<string, StepFunction> {
  return Object.fromEntries(stepsOf(commands).map((told) => [stepCallback(told.path), functionOf(told, models)]));
}

/** The id of a file, in whatever a workflow hands over for one: an id, a link to it, or rich text that holds either, however deep. */
export function fileIn(given: unknown): string | undefined {
  if (typeof given === 'string')
    return /(?:^|[^A-Za-z0-9])(F(?=[A-Z0-9]*\d)[A-Z0-9]{6,})(?![A-Za-z0-9])/.exec(given)?.[1];
  if (given === null || typeof given !== 'object') return undefined;
  // A link in rich text has words beside its address; any of the two may name the file.
  for (const inner of Object.values(given)) {
    const found = fileIn(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The timestamp of a message, in whatever a workflow hands over for one: a timestamp, a link, or an object that has either. */
export function messageIn(given: unknown): string | undefined {
  if (typeof given === 'string') {
    const [, seconds, rest] = /(?:^|\/p|[?&]thread_ts=)(\d{10})\.?(\d{6})(?!\d)/.exec(given.trim()) ?? [];
    return seconds === undefined ? undefined : `${seconds}.${rest}`;
  }
  if (given === null || typeof given !== 'object') return undefined;
  return messageIn((given as Record<string, unknown>).message_ts);
}
