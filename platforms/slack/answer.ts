import type { types } from '@slack/bolt';
import type { Log } from '../../src/ports.ts';
import type { Api } from './api.ts';
import { label, type Message, messagesOf } from './blocks.ts';
import { limits } from './limits.ts';
import { isSlacks } from './transfer.ts';
import { say } from './words.ts';

/** How somebody is answered: where they are, and by which of the ways that lead there. */
export interface Way {
  team: string;
  user: string;
  channel?: string | undefined;
  thread?: string | undefined;
  /** Takes five answers within half an hour, whether or not the bot is in the channel. */
  respond?: string | undefined;
  /** It was a slash command, which there is none of in threads. */
  typed?: boolean | undefined;
  /** The pressed message gives way to the answer. */
  replace?: boolean | undefined;
  /** Opens a window over Slack, for three seconds after it came. */
  trigger?: string | undefined;
}

/** Milliseconds for an answer by its own address. */
const within = 10_000;

/** A window that shows an answer. */
const windowOf = ({ blocks }: Message): types.ModalView => ({
  type: 'modal',
  title: label(say('answer.title'), limits.viewTitle),
  close: label(say('answer.close'), limits.viewButton),
  blocks,
});

/** Answers to one member, seen by nobody else. `origin` is where a test's Slack is. */
export function createAnswers(api: Api, origin: string | undefined, log: Log) {
  async function respond(url: string, way: Way, message: Message): Promise<void> {
    if (!isSlacks(url, origin)) throw new Error('an answer was to go to an address that is not one of Slack’s');
    const { thread, replace = false } = way;
    const body = {
      ...message,
      ...{ response_type: 'ephemeral', replace_original: replace },
      ...(thread === undefined ? {} : { thread_ts: thread }),
    };
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(within),
      redirect: 'error',
    });
    const said = (await answer.text()).slice(0, 100);
    if (!answer.ok) throw new Error(`the address for answers said ${answer.status}: ${said}`);
  }

  /** The ways there are, the best first: what is private where it was asked, and else the member's own messages. */
  function waysOf(way: Way, message: Message): (() => Promise<unknown>)[] {
    const { team, user, channel, thread, respond: url, trigger } = way;
    return [
      ...(url === undefined ? [] : [() => respond(url, way, message)]),
      ...(trigger === undefined
        ? []
        : [() => api.call(team, (client) => client.views.open({ trigger_id: trigger, view: windowOf(message) }))]),
      ...(channel === undefined
        ? []
        : [
            () =>
              api.call(team, (client) =>
                client.chat.postEphemeral({
                  ...{ channel, user, ...message },
                  ...(thread === undefined ? {} : { thread_ts: thread }),
                }),
              ),
          ]),
      () => api.call(team, (client) => client.chat.postMessage({ channel: user, ...message, unfurl_links: false })),
    ];
  }

  async function tellOne(way: Way, message: Message): Promise<void> {
    const troubles: unknown[] = [];
    for (const attempt of waysOf(way, message)) {
      try {
        await attempt();
        return;
      } catch (err) {
        troubles.push(err);
        log.debug({ space: way.team, platform: 'slack', err }, 'an answer did not get there; by another way');
      }
    }
    throw new AggregateError(troubles, 'there was no way to answer');
  }

  return {
    /** Says it by the first way that takes it; throws where none does. */
    async tell(way: Way, message: Message): Promise<void> {
      // A window takes a long answer whole; as messages it is several.
      const [first, ...others] = way.trigger === undefined ? messagesOf(message) : [message];
      await tellOne(way, first ?? message);
      for (const other of others) await tellOne({ ...way, replace: false }, other);
    },
    /** Opens a form; its address is good for three seconds. */
    async open(team: string, trigger: string, view: types.ModalView): Promise<void> {
      await api.call(team, (client) => client.views.open({ trigger_id: trigger, view }));
    },
    async home(team: string, user: string, view: types.HomeView): Promise<void> {
      await api.call(team, (client) => client.views.publish({ user_id: user, view }));
    },
    async join(team: string, channel: string): Promise<void> {
      await api.call(team, (client) => client.conversations.join({ channel }));
    },
  };
}
export type Answers = ReturnType<typeof createAnswers>;
