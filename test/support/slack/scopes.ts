/** What a team grants where a test does not say. */
export const defaultScopes: readonly string[] = [
  ...['commands', 'chat:write', 'app_mentions:read', 'files:read', 'files:write', 'channels:read', 'groups:read'],
  ...['im:read', 'mpim:read', 'im:write', 'users:read', 'usergroups:read', 'channels:join'],
];
