import type { SlackFile } from './pictures.ts';

/** A message as payloads have it, as far as it is read. */
export interface SlackMessage {
  ts: string;
  thread_ts?: string;
  text?: string;
  user?: string;
  bot_id?: string;
  files?: SlackFile[];
  /** Other messages that were forwarded with it. */
  attachments?: { text?: string; files?: SlackFile[] }[];
  blocks?: { type: string; elements?: { action_id?: string }[] }[];
}

interface Whose {
  team_id?: string;
  team?: { id: string } | null;
  user?: { id: string; name?: string; username?: string; team_id?: string };
}

export interface SlashPayload extends Whose {
  command: string;
  text?: string;
  user_id: string;
  user_name?: string;
  channel_id: string;
  trigger_id: string;
  response_url: string;
}

export interface PressPayload extends Whose {
  type: 'block_actions';
  trigger_id: string;
  response_url?: string;
  container: { type: string; channel_id?: string; message_ts?: string; thread_ts?: string; is_ephemeral?: boolean };
  channel?: { id: string };
  message?: SlackMessage;
  view?: { type: string };
  actions: { action_id: string; value?: string }[];
}

export interface ShortcutPayload extends Whose {
  type: 'shortcut' | 'message_action';
  callback_id: string;
  trigger_id: string;
  response_url?: string;
  channel?: { id: string };
  message?: SlackMessage;
}

/** What stands in one field of a form. */
interface Entered {
  type: string;
  value?: string | null;
  selected_option?: { value: string } | null;
  selected_conversation?: string | null;
  selected_user?: string | null;
  files?: SlackFile[];
}

export interface SubmitPayload extends Whose {
  type: 'view_submission';
  view: {
    id: string;
    callback_id: string;
    private_metadata: string;
    app_installed_team_id?: string;
    blocks: { type: string; block_id: string }[];
    state: { values: Record<string, Record<string, Entered>> };
  };
  response_urls?: { response_url: string; channel_id: string }[];
}

export interface MentionEvent extends SlackMessage {
  type: 'app_mention' | 'message';
  channel: string;
  subtype?: string;
  edited?: object;
}

export interface StepEvent {
  type: 'function_executed';
  function: { callback_id: string };
  inputs: Record<string, unknown>;
  function_execution_id: string;
}

export interface EventPayload {
  type: 'event_callback';
  team_id?: string;
  context_team_id?: string | null;
  enterprise_id?: string | null;
  event:
    | MentionEvent
    | StepEvent
    | { type: 'app_home_opened'; user: string; tab: string }
    | { type: 'app_uninstalled' }
    | { type: 'tokens_revoked'; tokens?: { bot?: string[] } };
}

export type Payload = SlashPayload | PressPayload | ShortcutPayload | SubmitPayload | EventPayload;

/** The workspace whose bot a payload is for. */
export function teamOf(payload: Payload): string {
  if ('event' in payload) return payload.context_team_id ?? payload.team_id ?? '';
  const installed =
    'view' in payload && payload.view && 'app_installed_team_id' in payload.view ? payload.view : undefined;
  const { app_installed_team_id: team } = installed ?? {};
  // Where the app is installed for a whole organisation, that is the organisation's.
  if (team?.startsWith('T')) return team;
  return payload.team?.id ?? payload.team_id ?? payload.user?.team_id ?? '';
}

/** What a payload is, for the metrics. */
export function kindOf(payload: Payload): string {
  if ('command' in payload) return 'command';
  if ('event' in payload) return payload.event.type === 'function_executed' ? 'step' : 'event';
  return { block_actions: 'press', view_submission: 'form', shortcut: 'shortcut', message_action: 'shortcut' }[
    payload.type
  ];
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** The text in which a payload may mention members by ids alone. */
export function textOf(payload: Payload): string {
  if ('event' in payload) {
    const { event } = payload;
    if (event.type === 'function_executed') return Object.values(event.inputs).filter(isText).join(' ');
    return 'text' in event ? (event.text ?? '') : '';
  }
  return ('message' in payload && payload.type === 'message_action' && payload.message?.text) || '';
}
