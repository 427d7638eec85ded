import { setTimeout as wait } from 'node:timers/promises';
import type { APIInteraction } from 'discord.js';
import type { Call, Reply } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import type { Said } from '../../src/domain/words.ts';
import type { Log } from '../../src/ports.ts';
import { likelyModels, wroteIn } from '../shared/fields.ts';
import type { Answers } from './answer.ts';
import { answerTrouble } from './errors.ts';
import { createKept, formOf } from './form.ts';
import { abroad } from './ids.ts';
import { type Deed, type ParseTools, readInteraction } from './parse.ts';
import { type Answer, renderLost, renderRefusal, renderReply } from './render.ts';
import type { DiscordRights } from './rights.ts';
import { type SuggestTools, suggest } from './suggest.ts';

export interface ReceiveTools extends ParseTools, SuggestTools {
  answers: Answers;
  rights: Pick<DiscordRights, 'learn'>;
  /** Opens an archived thread again. */
  reopen(channel: string): Promise<void>;
  log: Log;
  /** Milliseconds until the first answer was taken. */
  acknowledged(kind: Deed['is'], ms: number): void;
  /** Aborted when nobody waits any more. */
  stopping: AbortSignal;
}

type Handle = (call: Call) => Promise<Reply>;

const stopped = new UserError('unavailable', { word: 'service.stopping' });

/** Milliseconds between tries of an answer that was promised: its token lives for fifteen minutes. */
const waits = [1_000, 5_000, 20_000, 60_000];
/** Milliseconds in which suggestions have to be there, with what Discord leaves of its three seconds. */
const suggestWithin = 2_000;

/** Takes interactions as they come. `handle` is who takes calls now; nobody while the bot starts or stops. Never throws. */
export function createTaking(tools: ReceiveTools, handle: () => Handle | undefined) {
  const { answers, log, stopping } = tools;
  const kept = createKept();

  /** An answer that was promised is given as soon as Discord takes it: else somebody would be left waiting for it for ever. */
  async function fill(interaction: APIInteraction, answer: Answer): Promise<void> {
    for (const pause of [...waits, undefined]) {
      try {
        return await answers.fill(interaction, answer);
      } catch (error) {
        const trouble = answerTrouble(error);
        if (trouble === 'over' || pause === undefined) throw error;
        if (trouble === 'refused') {
          log.warn({ interaction: interaction.id, err: error }, 'Discord does not take an answer as it is');
          return answers.fill(interaction, { message: renderRefusal({ word: 'service.unshown' }), files: [] });
        }
        // In an archived thread nothing can be filled in.
        if (trouble === 'archived' && interaction.channel) await tools.reopen(interaction.channel.id);
        else if (!stopping.aborted) await wait(pause, undefined, { signal: stopping }).catch(() => stopping.aborted);
      }
    }
  }

  async function refuse(
    interaction: APIInteraction,
    said: Said,
    how: 'private' | 'replace',
    wrote?: string,
  ): Promise<void> {
    // The price tag keeps its other choices.
    if (how === 'replace') return answers.more(interaction, renderRefusal(said));
    const lost = wrote === undefined ? { message: renderRefusal(said), files: [] } : renderLost(said, wrote);
    await fill(interaction, lost);
  }

  /** A call and its answer, which was promised already. */
  async function answer(
    interaction: APIInteraction,
    call: Call,
    how: 'private' | 'replace',
    wrote?: string,
  ): Promise<void> {
    let rendered: Answer;
    let jobs: string[] = [];
    try {
      const take = handle();
      if (!take) throw stopped;
      const reply = await take(call);
      jobs = reply.jobs;
      rendered = renderReply(reply, call.origin.space);
    } catch (error) {
      const known = error instanceof UserError;
      await refuse(interaction, known ? error.said : { word: 'service.unshown' }, how, wrote);
      if (!known) throw error;
      return;
    }
    try {
      await fill(interaction, rendered);
    } catch (err) {
      // What was taken stands: its card tells of it, and so does /jobs.
      log.warn(
        { call: call.key, command: call.command, jobs, space: interaction.guild_id, err },
        'a call was not answered',
      );
    }
  }

  async function suggested(deed: Deed & { is: 'suggest' }) {
    const { origin, leaf, option: name, text, given } = deed;
    const field = leaf.fields[name];
    if (!field) return [];
    const found = suggest({ origin, name, field, text, model: given.model }, tools).catch((err: unknown) => {
      log.debug({ err }, 'there is nothing to suggest');
      return [];
    });
    return Promise.race([found, wait(suggestWithin, [], { ref: false })]);
  }

  /** What a form brought, and what was given before it was opened. */
  function whole(deed: Deed & { is: 'submitted' }): Call | undefined {
    const before = deed.kept === undefined ? { values: {}, files: {} } : kept.read(deed.kept);
    const { values, files } = deed.call;
    return before && { ...deed.call, values: { ...before.values, ...values }, files: { ...before.files, ...files } };
  }

  async function carryOut(interaction: APIInteraction, deed: Deed, said: () => void): Promise<void> {
    switch (deed.is) {
      case 'silent':
        return answers.choices(interaction, []);
      case 'refused':
        await answers.tell(interaction, renderRefusal(deed.said));
        return said();
      case 'form': {
        const { path, leaf, origin, carried, space } = deed;
        const offer = { models: tools.models(), likely: likelyModels(origin, deed.given.values.model, tools) };
        const { form, kept: given } = formOf(path, leaf, deed.given, offer, interaction.id, carried);
        if (given) kept.note(interaction.id, given);
        const custom_id = space === undefined ? form.custom_id : abroad(form.custom_id, space);
        await answers.form(interaction, { ...form, custom_id });
        return said();
      }
      case 'suggest':
        await answers.choices(interaction, await suggested(deed));
        return said();
      case 'submitted':
      case 'call': {
        const how = deed.is === 'call' ? deed.answer : 'private';
        if (!(await answers.defer(interaction, how))) {
          log.warn({ call: deed.call.key }, 'an interaction was over before it was acknowledged; nothing was taken');
          return;
        }
        said();
        if (deed.is === 'call') return answer(interaction, deed.call, how);
        const wrote = wroteIn(deed.leaf, deed.call.values);
        const call = whole(deed);
        return call ? answer(interaction, call, how, wrote) : refuse(interaction, { word: 'form.gone' }, how, wrote);
      }
    }
  }

  return async (interaction: APIInteraction): Promise<void> => {
    const began = performance.now();
    const fields = { interaction: interaction.id, space: interaction.guild_id, platform: 'discord' };
    try {
      tools.rights.learn(interaction);
      const deed = readInteraction(interaction, tools);
      if (!deed) return;
      await carryOut(interaction, deed, () => tools.acknowledged(deed.is, performance.now() - began));
    } catch (err) {
      log.warn({ ...fields, err }, 'an interaction was not answered');
    }
  };
}
