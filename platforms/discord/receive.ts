import type { APIInteraction } from 'discord.js';
import type { Call, Reply } from '../../src/domain/command.ts';
import { UserError } from '../../src/domain/errors.ts';
import type { Log } from '../../src/ports.ts';
import type { Answers } from './answer.ts';
import { createKept, formOf } from './form.ts';
import { type Deed, type ParseTools, readInteraction } from './parse.ts';
import { renderRefusal, renderReply } from './render.ts';
import type { DiscordRights } from './rights.ts';
import { type SuggestTools, suggest } from './suggest.ts';

export interface ReceiveTools extends ParseTools, SuggestTools {
  answers: Answers;
  rights: Pick<DiscordRights, 'learn'>;
  log: Log;
  /** Milliseconds until the first answer was taken. */
  acknowledged(kind: Deed['is'], ms: number): void;
}

type Handle = (call: Call) => Promise<Reply>;

const stopping = new UserError('unavailable', { word: 'service.stopping' });

/** Takes interactions as they come. `handle` is who takes calls now; nobody while the bot starts or stops. Never throws. */
export function createTaking(tools: ReceiveTools, handle: () => Handle | undefined) {
  const { answers, log } = tools;
  const kept = createKept();

  /** A call and its answer, which was promised already. */
  async function answer(interaction: APIInteraction, call: Call, how: 'private' | 'replace'): Promise<void> {
    const take = handle();
    try {
      if (!take) throw stopping;
      await answers.fill(interaction, renderReply(await take(call)));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const message = renderRefusal(error.said);
      // The price tag keeps its other choices.
      if (how === 'replace') await answers.more(interaction, message);
      else await answers.fill(interaction, { message, file: undefined });
    }
  }

  async function carryOut(interaction: APIInteraction, deed: Deed, said: () => void): Promise<void> {
    switch (deed.is) {
      case 'refused':
        await answers.tell(interaction, renderRefusal(deed.said));
        return said();
      case 'form': {
        const { form, kept: given } = formOf(deed.path, deed.leaf, deed.given, tools.models(), interaction.id);
        if (given) kept.put(interaction.id, given);
        await answers.form(interaction, form);
        return said();
      }
      case 'suggest': {
        const { origin, leaf, option: name, text, given } = deed;
        const field = leaf.fields[name];
        const choices = field ? await suggest({ origin, name, field, text, model: given.model }, tools) : [];
        await answers.choices(interaction, choices);
        return said();
      }
      case 'submitted':
      case 'call': {
        const how = deed.is === 'call' ? deed.answer : 'private';
        if (!(await answers.defer(interaction, how))) {
          log.warn({ call: deed.call.key }, 'an interaction was over before it was acknowledged; nothing was taken');
          return;
        }
        said();
        const before =
          deed.is === 'submitted' && deed.kept !== undefined ? kept.find(deed.kept) : { values: {}, files: {} };
        if (!before) {
          const message = renderRefusal({ word: 'form.gone' });
          return answers.fill(interaction, { message, file: undefined });
        }
        const { values, files } = deed.call;
        const call = { ...deed.call, values: { ...before.values, ...values }, files: { ...before.files, ...files } };
        return answer(interaction, call, how);
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
      // What was taken stands: its card tells of it, and so does /jobs.
      log.warn({ ...fields, err }, 'an interaction was not answered');
    }
  };
}
