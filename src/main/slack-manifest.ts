import { commands } from '../../commands/index.ts';
import { manifestOf, slackPaths } from '../../platforms/slack/manifest.ts';
import { type Config, ConfigError } from '../config.ts';
import { sandboxCards } from '../video/cards.ts';
import { readModels } from './models.ts';

const appName = 'Dailies';

/** What an operator does with it; beside the manifest, which alone goes to stdout. */
function hints({ command, short, mode, oauth }: Config['slackApp'], publicUrl: string): string[] {
  return [
    'This is the manifest of your Slack app. Open https://api.slack.com/apps, press "Create New App", "From a manifest",',
    'choose the workspace, and paste it under JSON. For an app that is there already: "App Manifest" in its settings.',
    `Commands: ${[command, ...(short === undefined ? [] : [short])].join(', ')} (SLACK_COMMAND).`,
    mode === 'socket'
      ? 'Events come over Socket Mode: nothing has to reach this machine.'
      : `Events come by HTTP to ${publicUrl}${slackPaths.events}: have Dailies running there when you paste, for Slack asks it at once.`,
    oauth
      ? `Workspaces add the app at ${publicUrl}${slackPaths.install}. It has no steps for workflows: Slack lets no app with steps be added elsewhere.`
      : 'It has steps for workflows, which an app for many workspaces (SLACK_CLIENT_ID) could not have.',
    'docs/slack.md has the rest.',
  ];
}

/**
 * Prints the manifest of the Slack app that fits these settings. `wanted` says what they cannot while there is no app yet: `http`, for events
 * by HTTP, and `oauth`, for many workspaces.
 */
export function manifestOnce(
  config: Pick<Config, 'slackApp' | 'publicUrl' | 'video' | 'modelsFile'>,
  wanted: readonly string[] = [],
): void {
  const { publicUrl } = config;
  const slackApp = {
    ...config.slackApp,
    ...(wanted.includes('http') ? { mode: 'http' as const } : {}),
    ...(wanted.includes('oauth') ? { oauth: true } : {}),
  };
  const { command, short, mode, oauth } = slackApp;
  if ((mode === 'http' || oauth) && !publicUrl.startsWith('https://')) {
    const why = mode === 'http' ? 'Slack calls it by https' : 'whoever adds the app comes back to it by https';
    throw new ConfigError([`PUBLIC_URL: is ${publicUrl}, and ${why}; set the address by which others reach Dailies`]);
  }
  const models = config.video ? readModels(config).cards : sandboxCards;
  const manifest = manifestOf({
    ...{ commands, models, name: appName, command, short, publicUrl, oauth },
    ...{ socketMode: mode === 'socket', steps: !oauth },
  });
  process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
  process.stderr.write(`\n${hints(slackApp, publicUrl).join('\n')}\n`);
}
