import {
  type APIApplicationCommandOptionChoice,
  type APIInteraction,
  type APIModalInteractionResponseCallbackData,
  DiscordAPIError,
  InteractionResponseType,
  MessageFlags,
  type REST,
  RESTJSONErrorCodes,
  Routes,
} from 'discord.js';
import { codeOf } from './errors.ts';
import type { Answer, Message } from './render.ts';

/** An interaction as far as answering it goes. */
export type Asked = Pick<APIInteraction, 'id' | 'token' | 'application_id'>;

const { Ephemeral } = MessageFlags;

/**
 * The answers to an interaction, by its own token: the first within three seconds, the others within fifteen minutes. They need no rights
 * of the bot, and are outside its limits.
 */
export function createAnswers(rest: REST) {
  const first = async ({ id, token }: Asked, type: InteractionResponseType, data?: object): Promise<void> => {
    const body = data === undefined ? { type } : { type, data };
    const send = () => rest.post(Routes.interactionCallback(id, token), { auth: false, body });
    // Where the connection broke it may have been taken: said once more, it is known already.
    await send().catch((error: unknown) => {
      if (error instanceof DiscordAPIError) throw error;
      return send();
    });
  };
  const whole = ({ message, files }: Answer) => ({
    auth: false,
    body: message,
    files: files.map(({ name, text, type }) => ({ name, data: text, contentType: `${type}; charset=utf-8` })),
  });

  return {
    /** Says privately that an answer comes, or that the pressed message will change. False when the interaction is over: nobody can be answered then. */
    async defer(asked: Asked, how: 'private' | 'replace'): Promise<boolean> {
      const { DeferredChannelMessageWithSource, DeferredMessageUpdate } = InteractionResponseType;
      try {
        if (how === 'replace') await first(asked, DeferredMessageUpdate);
        else await first(asked, DeferredChannelMessageWithSource, { flags: Ephemeral });
        return true;
      } catch (error) {
        // The same interaction came before: its call has the same key, and gets the same answer.
        if (codeOf(error) === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged) return true;
        if (codeOf(error) === RESTJSONErrorCodes.UnknownInteraction) return false;
        throw error;
      }
    },
    form: (asked: Asked, form: APIModalInteractionResponseCallbackData) =>
      first(asked, InteractionResponseType.Modal, form),
    choices: (asked: Asked, choices: APIApplicationCommandOptionChoice[]) =>
      first(asked, InteractionResponseType.ApplicationCommandAutocompleteResult, { choices }),
    /** The first answer of all, private. */
    tell: (asked: Asked, message: Message) =>
      first(asked, InteractionResponseType.ChannelMessageWithSource, { ...message, flags: Ephemeral }),
    /** The answer that was put off. */
    async fill({ application_id, token }: Asked, answer: Answer): Promise<void> {
      await rest.patch(Routes.webhookMessage(application_id, token, '@original'), whole(answer));
    },
    /** One answer more, private. */
    async more({ application_id, token }: Asked, message: Message): Promise<void> {
      await rest.post(Routes.webhook(application_id, token), {
        auth: false,
        body: { ...message, flags: Ephemeral },
      });
    },
  };
}
export type Answers = ReturnType<typeof createAnswers>;
