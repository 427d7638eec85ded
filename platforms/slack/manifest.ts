import { type Command, commandsOn, type Leaf } from '../../src/domain/command.ts';
import type { ModelCard } from '../../src/domain/model.ts';
import { pathsOf } from '../../src/domain/paths.ts';
import { type PlainWord, word } from '../../src/domain/words.ts';
import { opensAlone } from '../shared/fields.ts';
import { events, scopes } from './scopes.ts';
import { stepFunctions } from './steps.ts';

/** Where Slack calls a process of Dailies, below its public address. */
export const slackPaths = {
  events: '/slack/events',
  install: '/slack/install',
  redirect: '/slack/oauth_redirect',
} as const;

/** What an app is made with. */
export interface ManifestOptions {
  commands: readonly Command[];
  /** All models of the operator's file: they say which fields there are. */
  models: readonly ModelCard[];
  name: string;
  /** The slash command for everything, and a short one that makes a film, where one is wanted. */
  command: string;
  short: string | undefined;
  /** Whether what happens comes over a socket, or else by HTTP below `publicUrl`. */
  socketMode: boolean;
  publicUrl: string;
  /** Whether workspaces add the app by themselves, below `publicUrl`. */
  oauth: boolean;
  /** Whether there are steps for workflows. Slack lets no app with steps be added by workspaces other than its own. */
  steps: boolean;
}

type Kind = 'message' | 'form';

/** The callback id of a shortcut: in the menu of a message, or one that opens a command's form. */
export const shortcutId = (kind: Kind, path: string): string => `${kind}:${path}`;

/** The shortcut behind a callback id. */
export function readShortcut(callback: string): { kind: Kind; path: string } | undefined {
  const [, kind, path] = /^(message|form):(.+)$/.exec(callback) ?? [];
  return kind === undefined || path === undefined ? undefined : { kind: kind as Kind, path };
}

const about = {
  app: 'Makes short films from words, and a picture if you like, and brings them back to the thread they were asked in.',
  command: 'Make a video, and see what else there is',
  usage: 'video a paper boat in the rain seconds:8 · jobs · quota · help',
  shortUsage: 'a paper boat in the rain seconds:8',
} as const;

/** Names of bots are small letters. */
const botName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^-+|-+$/g, '');

function shortcutsOf(commands: readonly Command[]) {
  const shortcut = (type: 'message' | 'global', kind: Kind, path: string, leaf: Leaf, name: PlainWord) => ({
    ...{ type, name: word(name), callback_id: shortcutId(kind, path), description: word(leaf.summary) },
  });
  return pathsOf(commands).flatMap(({ path, leaf }) => [
    ...(leaf.message === undefined ? [] : [shortcut('message', 'message', path, leaf, leaf.message)]),
    ...(opensAlone(leaf) ? [shortcut('global', 'form', path, leaf, leaf.title ?? leaf.summary)] : []),
  ]);
}

/**
 * The app as Slack is told of it: plain data, to be pasted where an app is made. It follows version 1 of Slack's manifests, which is the
 * one that its pages take without being told (and which marks what a step needs by `is_required`).
 */
export function manifestOf(options: ManifestOptions) {
  const { models, name, command, short, socketMode, publicUrl, oauth, steps } = options;
  const commands = commandsOn('slack', options.commands);
  const called = socketMode ? undefined : `${publicUrl}${slackPaths.events}`;
  const slash = (one: string, description: string, usage_hint: string) => ({
    ...{ command: one, description, usage_hint, should_escape: true },
    ...(called === undefined ? {} : { url: called }),
  });
  return {
    display_information: { name, description: about.app },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: botName(name), always_online: true },
      shortcuts: shortcutsOf(commands),
      slash_commands: [
        slash(command, about.command, about.usage),
        ...(short === undefined ? [] : [slash(short, word('video.summary'), about.shortUsage)]),
      ],
    },
    oauth_config: {
      ...(oauth ? { redirect_urls: [`${publicUrl}${slackPaths.redirect}`] } : {}),
      scopes: { bot: scopes.map(({ scope }) => scope) },
    },
    settings: {
      event_subscriptions: {
        ...(called === undefined ? {} : { request_url: called }),
        bot_events: events.filter((one) => steps || one.steps !== true).map(({ event }) => event),
      },
      interactivity: {
        is_enabled: true,
        ...(called === undefined ? {} : { request_url: called, message_menu_options_url: called }),
      },
      org_deploy_enabled: true,
      socket_mode_enabled: socketMode,
      token_rotation_enabled: false,
      ...(steps ? { function_runtime: 'remote' } : {}),
    },
    ...(steps ? { functions: stepFunctions(commands, models) } : {}),
  };
}
