import type { EntryState } from '../challenge.ts';

const outs = {
  failed: 'it came too late, or the challenge was called off',
  withdrawn: 'its author took it out',
  disqualified: 'a moderator took it out',
  deleted: 'it was deleted',
  barred: 'its author is blocked here',
} as const;

/** Where a film is, and why there is none. */
export const films = {
  'state.queued': 'Waiting',
  'state.queued.at': (p: { position: number }) => (p.position === 1 ? 'Next in line' : `Number ${p.position} in line`),
  'state.queued.starting': 'Being handed over',
  'state.queued.confirming': 'Handed over, and no answer yet; it is not sent twice before that is clear',
  'state.rendering': 'Being made',
  'state.rendering.late': 'Taking longer than usual; it will be posted as soon as it arrives',
  'state.rendering.cancelling': 'Being stopped',
  'state.rendered': 'Made, about to be posted',
  'state.rendered.kept': 'Made, but it could not be posted here. It is kept: press "Post it again" or see /jobs.',
  'state.delivered': 'Here it is',
  'state.delivered.again': 'Here before, and about to be posted once more',
  'state.delivered.refused': 'Here before; posting it once more was refused',
  'state.delivered.channel': 'Posted in the channel, for its thread is gone',
  'state.delivered.private': 'Sent in private to whoever asked, for it could not be posted here',
  'state.failed': 'No film',
  'state.cancelled': 'Cancelled',
  'state.removed.going': 'Being removed',
  'state.removed.owner': 'Removed by whoever asked for it',
  'state.removed.moderator': 'Removed by a moderator',
  'state.removed.refused':
    'It was to be removed, and the bot may not do that here. Somebody who moderates this place has to delete its message.',
  'state.stuck': 'Stuck; the people who run this bot have been told',

  // Why there is no film; the credits are always back
  'failed.policy':
    'The video service declined this one. Say it another way; real people and brands are what it declines most often. You paid nothing.',
  'failed.invalid':
    'The video service could not work with this request. Try other words, another length or another picture. You paid nothing.',
  'failed.model': 'This model is not available any more. Choose another one. You paid nothing.',
  'failed.funds':
    'The video service is out of credit, which is not your fault. The people who run this bot have been told. You paid nothing.',
  'failed.misconfigured':
    'The video service is not set up correctly. The people who run this bot have been told. You paid nothing.',
  'failed.busy': 'The video service stayed too busy. Try again in a while. You paid nothing.',
  'failed.unreachable':
    'The video service could not be reached. The people who run this bot have been told. You paid nothing.',
  'failed.rejected': 'The video service could not finish this film. Try again. You paid nothing.',
  'failed.lost': 'The video service lost this film. The people who run this bot have been told. You paid nothing.',
  'failed.unclear':
    'It is not clear whether the video service took this request, so it was not sent twice. The people who run this bot have been told. You paid nothing.',
  'failed.expired': 'The film was gone before it could be fetched or posted. You paid nothing.',
  'failed.overdue': 'The film did not arrive within the longest wait. You paid nothing.',
  'failed.stuck':
    'Something in this request kept breaking the bot. The people who run it have been told. You paid nothing.',
  'failed.cancelled': 'Cancelled. You paid nothing.',
  'failed.abandoned': 'Given up by those who run this space. You paid nothing.',
  'failed.removed': 'Removed before it was posted. You paid nothing.',
  'failed.broken': 'Something went wrong on our side. The people who run this bot have been told. You paid nothing.',
  'workflow.unshown': 'The film was made and posted, but the workflow could not be told of it.',
  'workflow.kept.entry':
    'The film is made and entered, but it could not be brought to whoever it is for. It is kept for a while, and can be posted again from /jobs; until entries close it has to be, or it does not count. Nothing was paid yet.',
  'workflow.out': (p: { state: Exclude<EntryState, 'asked' | 'made' | 'in'> }) =>
    `The film was made, and does not count in the challenge: ${outs[p.state]}.`,
  'workflow.kept':
    'The film is made, but it could not be posted where it was asked for. It is kept for a while, and can be posted again from its card. Nothing was paid yet.',
} as const;
