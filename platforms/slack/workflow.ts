import { TransientError } from '../../src/domain/errors.ts';
import { say as sayToMember } from '../../src/domain/words.ts';
import type { Log, StepOutcome, Workflows } from '../../src/ports.ts';
import type { Api } from './api.ts';
import { codeOf } from './errors.ts';
import { linkTo, readRef } from './ids.ts';
import { endings, stepOutputs } from './steps.ts';
import { escaped } from './text.ts';

/** What Slack says of a step that has ended, or was told already. */
const over = [
  'execution_not_in_running_state',
  'function_execution_not_found',
  'invalid_function_execution_id',
  'trigger_not_found',
];

/** Tells workflows how their steps ended, by the bot's own token: a step's own ends after a quarter of an hour. */
export function createWorkflows(
  api: Api,
  log: Log,
): Workflows & { fail(team: string, step: string, why: string): Promise<void> } {
  async function told(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!over.includes(codeOf(error) ?? '')) throw error;
    }
  }
  const fail = (team: string, step: string, why: string): Promise<void> =>
    told(() =>
      api.call(team, (client) => client.functions.completeError({ function_execution_id: step, error: escaped(why) })),
    );

  /** Where the film is read; what Slack does not tell is made up of what it is known to be. */
  async function linkOf(team: string, ref: string): Promise<string> {
    const { channel, ts } = readRef(ref);
    try {
      const { permalink } = await api.call(team, (client) => client.chat.getPermalink({ channel, message_ts: ts }));
      return permalink ?? linkTo(ref);
    } catch (error) {
      log.debug({ space: team, platform: 'slack', err: error }, 'a link was made up');
      return linkTo(ref);
    }
  }

  /** By what the steps after it show the film. */
  async function shownIn(team: string, post: string): Promise<Record<string, string>> {
    const { file } = readRef(post);
    const link = await linkOf(team, post);
    return { [stepOutputs.link]: link, ...(file === undefined ? {} : { [stepOutputs.file]: file }) };
  }

  return {
    fail,
    async end({ space, step }, outcome: StepOutcome) {
      if (step === undefined) return;
      if (outcome.is === 'failed') return fail(space, step, outcome.why);
      const { is, post, seconds, credits } = outcome;
      const outputs: Record<string, string | number> = {
        ...(post === undefined ? {} : await shownIn(space, post)),
        [stepOutputs.status]: endings[is],
        [stepOutputs.seconds]: seconds,
        [stepOutputs.credits]: credits,
      };
      try {
        await told(() =>
          api.call(space, (client) => client.functions.completeSuccess({ function_execution_id: step, outputs })),
        );
      } catch (error) {
        if (error instanceof TransientError) throw error;
        log.error({ job: outcome.job, space, platform: 'slack', err: error }, 'Slack does not take how a step ended');
        await fail(space, step, sayToMember({ word: 'workflow.unshown' }));
      }
    },
  };
}
