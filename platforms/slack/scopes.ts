/** A right that the bot asks a workspace for, and what it is for. */
interface Scope {
  scope: string;
  why: string;
}

/** The least that the bot needs; docs/slack.md shows the same table. */
export const scopes: readonly Scope[] = [
  { scope: 'commands', why: 'the slash command, and what stands in the menu of a message' },
  { scope: 'app_mentions:read', why: 'messages that mention the bot, which is how it is asked inside a thread' },
  { scope: 'chat:write', why: 'cards and answers' },
  { scope: 'files:read', why: 'the picture that a film begins with; and whether an uploaded film has arrived' },
  { scope: 'files:write', why: 'the film itself, and files of answers such as reports' },
  { scope: 'channels:read', why: 'what kind of channel it is, who can see it, and whether the bot is in it' },
  { scope: 'groups:read', why: 'the same of private channels that the bot was let into' },
  { scope: 'im:read', why: 'the same of direct messages' },
  { scope: 'mpim:read', why: 'the same of direct messages among several' },
  { scope: 'channels:join', why: 'to come into a public channel when somebody there presses the button for it' },
  {
    scope: 'im:write',
    why: "to open the direct message to which a film goes whose own place is gone, an answer's files go, and what is reported goes to whoever moderates",
  },
  { scope: 'users:read', why: 'names; and who is an admin, an owner, a guest or from another workspace' },
  { scope: 'usergroups:read', why: 'who is in the user groups that the settings name as moderators or managers' },
];

/** What makes a second card less likely, and lets the bot read along in the channels that it is in: to be added by hand. */
export const optionalScopes: readonly Scope[] = [
  {
    scope: 'channels:history',
    why: 'in public channels, a card or an announcement whose posting was cut off is looked for before it is posted again',
  },
  { scope: 'groups:history', why: 'the same in private channels' },
  { scope: 'im:history', why: 'the same in direct messages' },
];

/** What Slack tells the bot of by itself. `steps`: only where it has steps for workflows. */
export const events: readonly { event: string; why: string; steps?: true }[] = [
  { event: 'app_mention', why: 'somebody mentioned the bot: a request, or a question for help' },
  { event: 'app_home_opened', why: 'somebody opened the bot: their films and credits are shown there' },
  { event: 'function_executed', why: 'a workflow came to a step that makes a film', steps: true },
  { event: 'app_uninstalled', why: 'the bot was removed: what is kept to act there is forgotten' },
  { event: 'tokens_revoked', why: 'the same, for its token alone' },
];
