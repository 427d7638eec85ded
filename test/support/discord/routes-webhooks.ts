import { InteractionResponseType as Answered } from 'discord.js';
import { messageBody } from './message-body.ts';
import { refusal } from './refusals.ts';
import { type Call, done, ok, type Route } from './route.ts';
import { responseTo } from './routes-callback.ts';
import type { Interaction, Message } from './world.ts';
import { edit, type MessageGiven, post, remove, type Writing } from './write.ts';

/** The interaction whose token this is: 50027 when the token is over or none, 10015 before there is a response. */
function interactionOf({ world, params }: Call): Interaction {
  if (params.application !== world.applicationId) throw refusal(10015);
  const interaction = world.tokens.get(params.token ?? '');
  if (!interaction || world.clock.now() - interaction.createdAt > world.settings.tokenMs) throw refusal(50027);
  const { ack } = interaction;
  if (!ack || ack.type === Answered.Modal || ack.type === Answered.ApplicationCommandAutocompleteResult)
    throw refusal(10015);
  return interaction;
}

function messageOf(interaction: Interaction, { params }: Call): Message {
  const { response, followups } = interaction;
  const all = response ? [response, ...followups] : followups;
  const message = params.message === '@original' ? response : all.find(({ id }) => id === params.message);
  if (!message || message.deleted) throw refusal(10008);
  return message;
}

const writing = ({ body }: Call, { uploadLimit: limit }: Interaction): Writing => ({
  given: body.json as MessageGiven,
  files: body.files,
  limit,
  webhook: true,
});

/** A follow-up; the first one after a deferral fills the deferred response in, and is as ephemeral as that. */
function followUp(call: Call): Message {
  const { world } = call;
  const interaction = interactionOf(call);
  const how = writing(call, interaction);
  const { response } = interaction;
  if (response?.loading && !response.deleted) return edit(world, response, how);
  const message = post(world, responseTo(world, interaction, how.given.flags ?? 0), how);
  interaction.followups.push(message);
  return message;
}

const path = '/webhooks/:application/:token/messages/:message';

export const webhookRoutes: Route[] = [
  {
    method: 'POST',
    path: '/webhooks/:application/:token',
    open: true,
    run: (call) => {
      const message = followUp(call);
      interactionOf(call).deferred = false;
      return ok(messageBody(call.world, message, 'interaction'));
    },
  },
  {
    method: 'GET',
    path,
    open: true,
    run: (call) => ok(messageBody(call.world, messageOf(interactionOf(call), call), 'interaction')),
  },
  {
    method: 'PATCH',
    path,
    open: true,
    run: (call) => {
      const interaction = interactionOf(call);
      const message = messageOf(interaction, call);
      edit(call.world, message, writing(call, interaction));
      if (message === interaction.response) interaction.deferred = false;
      return ok(messageBody(call.world, message, 'interaction'));
    },
  },
  {
    method: 'DELETE',
    path,
    open: true,
    run: (call) => {
      const interaction = interactionOf(call);
      const message = messageOf(interaction, call);
      remove(message);
      if (message === interaction.response) interaction.deferred = false;
      return done;
    },
  },
];
