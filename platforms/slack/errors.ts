import { webApi } from '@slack/bolt';
import { TransientError } from '../../src/domain/errors.ts';
import { PlaceClosed } from '../shared/places.ts';

export { PlaceClosed };

/** The workspace takes no such file: for its size, or none at all. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused';
  readonly forSize: boolean;

  constructor(forSize: boolean, message: string, more: { cause?: unknown } = {}) {
    super(message, more);
    this.forSize = forSize;
  }
}

const gone = ['channel_not_found', 'thread_not_found', 'message_not_found', 'invalid_thread_ts'];
const shut = [
  ...['not_in_channel', 'is_archived', 'is_inactive', 'restricted_action', 'restricted_action_read_only_channel'],
  ...[
    'restricted_action_thread_only_channel',
    'restricted_action_non_threadable_channel',
    'no_permission',
    'not_allowed',
  ],
  ...['access_denied', 'ekm_access_denied', 'team_access_not_granted', 'external_channel_migrating'],
  ...[
    'cannot_dm_bot',
    'user_disabled',
    'user_not_found',
    'user_not_visible',
    'users_not_found',
    'messages_tab_disabled',
  ],
  ...['cant_delete_message', 'cant_delete_file', 'compliance_exports_prevent_deletion'],
  ...['cant_update_message', 'edit_window_closed', 'method_not_supported_for_channel_type', 'cannot_reply_to_message'],
  ...[
    'posting_to_general_channel_denied',
    'not_in_conversation',
    'as_user_not_supported',
    'slack_connect_file_upload_sharing_blocked',
  ],
];
const tooLarge = ['file_upload_size_restricted', 'file_too_large', 'file_upload_size_exceeded'];
const noFiles = [
  ...['file_uploads_disabled', 'file_uploads_except_images_disabled', 'blocked_file_type', 'file_type_not_allowed'],
  ...['storage_limit_reached', 'over_limit', 'slack_connect_file_upload_sharing_blocked'],
];
/** Words that Slack does not take as they are: their form is another than it was documented to be. */
const malformed = ['invalid_blocks', 'invalid_blocks_format', 'invalid_arguments', 'invalid_arg_name'];
const passing = [
  ...['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org', 'accesslimited'],
  ...['ratelimited', 'rate_limited', 'message_limit_exceeded', 'deprecated_endpoint_timeout', 'upload_error'],
];
/** The bot's token is worth nothing any more: the app was uninstalled, or somebody has to put in another one. */
const unauthorized = [
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'no_team_found',
];

/** Slack's own code of an answer; nothing where there was none. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof webApi.WebAPIPlatformError) return error.data.error;
  if (error instanceof PlaceClosed || error instanceof FileRefused || error instanceof TransientError)
    return codeOf(error.cause);
  return undefined;
}

/** Whether a file is not there, or not any more. */
export const isNoFile = (error: unknown): boolean => ['file_not_found', 'file_deleted'].includes(codeOf(error) ?? '');

/** Whether what was meant is not there any more: a message, a file, or all of their channel. */
export const isGone = (error: unknown): boolean =>
  (error instanceof PlaceClosed && error.why === 'gone') || isNoFile(error);

/** Whether the workspace did not grant what a call needs. */
export const isUngranted = (error: unknown): boolean =>
  ['missing_scope', 'not_allowed_token_type'].includes(codeOf(error) ?? '');

export const isMalformed = (error: unknown): boolean => malformed.includes(codeOf(error) ?? '');

export const isUnauthorized = (error: unknown): boolean => unauthorized.includes(codeOf(error) ?? '');

/** Whether what was sent may have been carried out all the same: its answer was lost, or was Slack's own failure. */
export function isDoubtful(error: unknown): boolean {
  const cause = error instanceof TransientError ? error.cause : error;
  if (cause instanceof webApi.WebAPIHTTPError) return cause.statusCode >= 500;
  if (cause instanceof webApi.WebAPIRequestError) return !['ECONNREFUSED', 'ENOTFOUND'].includes(networkCode(cause));
  return ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'].includes(codeOf(cause) ?? '');
}

/** The code of the innermost network error. */
function networkCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const inner = 'original' in error ? error.original : error.cause;
  return inner === undefined ? String('code' in error ? error.code : '') : networkCode(inner);
}

/** What an answer of Slack, or its absence, means to the flow: one of the errors above, a {@link TransientError}, or itself, a bug. */
export function sorted(error: unknown): unknown {
  if (error instanceof webApi.WebAPIRateLimitedError) {
    return new TransientError('Slack has us wait', { retryAfter: error.retryAfter * 1000, waits: true, cause: error });
  }
  // The library's own, where Slack did not say for how long.
  if (error instanceof Error && error.message.startsWith('Retry header did not contain')) {
    return new TransientError('Slack has us wait', { retryAfter: 30_000, waits: true, cause: error });
  }
  const code = codeOf(error);
  if (code !== undefined && !(error instanceof TransientError)) {
    // Not Slack's: a page of something in between.
    if (!/^[a-z0-9_]+$/.test(code)) return new TransientError('Slack answered with something else', { cause: error });
    if (gone.includes(code)) return new PlaceClosed('gone', error);
    if (shut.includes(code)) return new PlaceClosed('shut', error);
    if (tooLarge.includes(code) || noFiles.includes(code))
      return new FileRefused(tooLarge.includes(code), `the file is refused: ${code}`, { cause: error });
    if (isUngranted(error)) return new TransientError('a right is missing', { retryAfter: 60_000, cause: error });
    if (passing.includes(code)) return new TransientError(`Slack answered ${code}`, { cause: error });
    return error;
  }
  if (error instanceof webApi.WebAPIHTTPError) {
    const { statusCode } = error;
    if (statusCode === 413) return new FileRefused(true, 'too large', { cause: error });
    return new TransientError(`Slack answered ${statusCode}`, { cause: error });
  }
  if (error instanceof webApi.WebAPIRequestError) {
    return new TransientError('Slack could not be reached', { cause: error });
  }
  return error;
}
