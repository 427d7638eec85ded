import { createHash } from 'node:crypto';
import {
  type APIMessage,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ButtonStyle,
  ChannelType,
  type ChatInputCommandInteraction,
  Client,
  ComponentType,
  DiscordAPIError,
  Events,
  GatewayCloseCodes,
  GatewayIntentBits,
  GatewayOpcodes,
  type Interaction,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  type ModalSubmitInteraction,
  REST,
  Routes,
  TextInputStyle,
} from 'discord.js';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { requestInBytes } from '../../platforms/discord/rest.ts';
import { type FakeDiscord, type FakeDiscordOptions, forkFakeDiscord, startFakeDiscord } from './discord/index.ts';
import { until } from './until.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function discord(options: FakeDiscordOptions = {}, start = startFakeDiscord) {
  const fake = await start(options);
  ends.push(() => fake.close());
  const rest = new REST(restOf(fake)).setToken(fake.token);
  const guild = await fake.makeGuild();
  const user = await fake.makeMember({ guild: guild.id, name: 'ann' });
  const channel = await fake.makeChannel({ guild: guild.id });
  const say = (content: string, more: object = {}) =>
    rest.post(Routes.channelMessages(channel), { body: { content, ...more } }) as Promise<APIMessage>;
  return { fake, rest, guild: guild.id, owner: guild.ownerId, user, channel, say };
}

/** As the product asks, for which the order in which a process loads its libraries does not matter. */
const restOf = ({ api }: FakeDiscord) => ({ api, version: '10', retries: 0, makeRequest: requestInBytes });

async function bot(fake: FakeDiscord, intents: number | GatewayIntentBits[] = 0) {
  const client = new Client({ intents, shards: 'auto', rest: restOf(fake) });
  ends.push(() => client.destroy());
  const met: Interaction[] = [];
  client.on(Events.InteractionCreate, (interaction) => met.push(interaction)).on(Events.Error, () => undefined);
  const ready = new Promise((done) => client.once(Events.ClientReady, done));
  await client.login(fake.token);
  await ready;
  const next = <Kind extends Interaction = ChatInputCommandInteraction>() =>
    until('an interaction', () => met.shift() as Kind | undefined);
  return { client, met, next };
}

/** A client of the gateway by hand; `next` waits for a frame of this kind and takes it. */
function dial(fake: FakeDiscord) {
  const socket = new WebSocket(`${fake.origin.replace('http', 'ws')}/?v=10&encoding=json`);
  const opened = new Promise((done) => socket.once('open', done));
  const frames: { op: GatewayOpcodes; t: string | null; s: number | null; d: unknown }[] = [];
  let code: number | undefined;
  ends.push(async () => socket.terminate());
  socket
    .on('message', (data) => frames.push(JSON.parse(String(data))))
    .on('close', (given) => {
      code = given;
    });
  return {
    code: () => code,
    send: (op: GatewayOpcodes, d: unknown) => void opened.then(() => socket.send(JSON.stringify({ op, d }))),
    next: (op: GatewayOpcodes, t: string | null = null) =>
      until(`a frame ${op} ${t}`, () => {
        const index = frames.findIndex((frame) => frame.op === op && frame.t === t);
        return index < 0 ? undefined : frames.splice(index, 1)[0];
      }),
  };
}

/** The status and code that Discord refuses something with, or 'done'. */
async function refused(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'done',
    (error: unknown) => (error instanceof DiscordAPIError ? [error.status, error.code] : error),
  );
}

const file = (name: string, size: number) => ({ name, data: Buffer.alloc(size, 7) });
const mebi = 1024 * 1024;
const row = (custom_id: string, more: object = {}) => ({
  type: ComponentType.ActionRow,
  components: [{ type: ComponentType.Button, style: ButtonStyle.Primary, label: 'Press', custom_id, ...more }],
});
const callback = (id: string, token: string, body: object) => ({ path: Routes.interactionCallback(id, token), body });

describe('interactions', () => {
  test('a client logs in, gets a command with all that it carries, defers it and fills it in', async () => {
    const { fake, guild, user, channel } = await discord();
    const { next, client } = await bot(fake);
    expect(client.user?.id).toBe(fake.botId);
    const bytes = Buffer.from('a picture');
    const photo = {
      name: 'my photo.png',
      contentType: 'image/png',
      base64: bytes.toString('base64'),
      width: 4,
      height: 3,
    };
    const id = await fake.slash({ channel, user, command: 'make', options: { prompt: 'a cat', seconds: 5, photo } });
    const interaction = await next();
    expect(interaction).toMatchObject({ id, commandName: 'make', guildId: guild, channelId: channel, context: 0 });
    expect([interaction.options.getString('prompt'), interaction.options.getInteger('seconds')]).toEqual(['a cat', 5]);
    const attachment = interaction.options.getAttachment('photo', true);
    expect(attachment).toMatchObject({ name: 'my_photo.png', size: bytes.length, width: 4, ephemeral: true });
    expect(Buffer.from(await (await fetch(attachment.url)).arrayBuffer())).toEqual(bytes);
    expect(interaction.attachmentSizeLimit).toBe(10 * mebi);
    expect([
      interaction.appPermissions.has('AttachFiles'),
      interaction.memberPermissions?.has('ManageThreads'),
    ]).toEqual([true, false]);
    await interaction.deferReply();
    expect(await fake.interaction(id)).toMatchObject({ ack: { type: 5, flags: 0 }, deferred: true, response: null });
    expect(await fake.messages(channel)).toEqual([]);
    await interaction.editReply({
      content: `for <@${user}> and @everyone`,
      files: [{ name: 'a.txt', attachment: Buffer.from('x') }],
    });
    const { response, deferred, ack } = await fake.interaction(id);
    expect([deferred, ack?.afterMs]).toEqual([false, expect.any(Number)]);
    expect(response).toMatchObject({ edits: 0, interactionId: id, attachments: [{ filename: 'a.txt', size: 1 }] });
    expect(response?.pinged).toEqual({ users: [user], roles: [], everyone: false });
    const followUp = await interaction.followUp({ content: 'more', flags: MessageFlags.Ephemeral });
    expect((await fake.interaction(id)).followups).toMatchObject([
      { id: followUp.id, ephemeral: true, content: 'more' },
    ]);
    expect(await fake.messages(channel)).toMatchObject([{ id: response?.id }]);
  });

  test('the first follow-up after a deferral fills it in, as ephemeral as it was deferred', async () => {
    const { fake, user, channel } = await discord();
    const { next } = await bot(fake);
    const id = await fake.slash({ channel, user, command: 'make' });
    const interaction = await next();
    const deferral = await interaction.deferReply({ flags: MessageFlags.Ephemeral, withResponse: true });
    expect(deferral.interaction).toMatchObject({ responseMessageLoading: true, responseMessageEphemeral: true });
    await interaction.followUp('here');
    const { response, followups } = await fake.interaction(id);
    expect(response).toMatchObject({ content: 'here', ephemeral: true, id: deferral.interaction.responseMessageId });
    expect(followups).toEqual([]);
  });

  test('an interaction can be answered in time, once, and by its token for so long', async () => {
    const { fake, rest, user, channel } = await discord();
    const answer = async (id: string) => {
      const { token } = await fake.interaction(id);
      const { path, body } = callback(id, token, { type: InteractionResponseType.DeferredChannelMessageWithSource });
      return refused(rest.post(path as '/', { body, auth: false }));
    };
    const first = await fake.slash({ channel, user, command: 'make' });
    expect([await answer(first), await answer(first)]).toEqual(['done', [400, 40060]]);
    const late = await fake.slash({ channel, user, command: 'make' });
    const original = async (id: string) => {
      const { token } = await fake.interaction(id);
      return refused(
        rest.patch(Routes.webhookMessage(fake.applicationId, token), { body: { content: 'x' }, auth: false }),
      );
    };
    expect(await original(late)).toEqual([404, 10015]);
    await fake.advance(3001);
    expect(await answer(late)).toEqual([404, 10062]);
    expect(await original(first)).toBe('done');
    await fake.advance(15 * 60_000);
    expect(await original(first)).toEqual([401, 50027]);
    expect(await refused(rest.post(callback('1', 'x', {}).path as '/', { body: {}, auth: false }))).toEqual([
      404, 10062,
    ]);
  });

  test('a button is pressed where it is, and its message can be changed', async () => {
    const { fake, user, owner, channel } = await discord();
    const { next } = await bot(fake);
    const id = await fake.slash({ channel, user, command: 'make' });
    await (await next()).reply({
      content: 'sure?',
      flags: MessageFlags.Ephemeral,
      components: [row('yes'), row('no', { disabled: true })],
    });
    await expect(fake.press({ user, interaction: id, customId: 'no' })).rejects.toThrow('disabled');
    await expect(fake.press({ user, interaction: id, customId: 'maybe' })).rejects.toThrow('no button');
    await expect(fake.press({ user: owner, interaction: id, customId: 'yes' })).rejects.toThrow('does not see');
    const press = await fake.press({ user, interaction: id, customId: 'yes' });
    const pressed = await next<Interaction>();
    if (!pressed.isButton()) throw new Error('no button');
    expect(pressed.message.flags.has(MessageFlags.Ephemeral)).toBe(true);
    await pressed.update({ content: 'yes', components: [] });
    expect((await fake.interaction(id)).response).toMatchObject({ content: 'yes', components: [], edits: 1 });
    expect(await fake.interaction(press)).toMatchObject({ type: InteractionType.MessageComponent, ack: { type: 7 } });
  });

  test('a modal is checked, shown and submitted', async () => {
    const { fake, rest, user, channel } = await discord();
    const { next } = await bot(fake);
    const id = await fake.slash({ channel, user, command: 'make' });
    const label = (name: string, component: object) => ({ type: ComponentType.Label, label: name, component });
    const components = [
      label('Prompt', {
        type: ComponentType.TextInput,
        custom_id: 'prompt',
        style: TextInputStyle.Paragraph,
        min_length: 3,
      }),
      label('Model', {
        type: ComponentType.StringSelect,
        custom_id: 'model',
        options: [
          { label: 'One', value: 'one', default: true },
          { label: 'Two', value: 'two' },
        ],
      }),
      label('Shape', {
        type: ComponentType.RadioGroup,
        custom_id: 'shape',
        required: false,
        options: [
          { label: 'Wide', value: 'wide' },
          { label: 'Tall', value: 'tall' },
        ],
      }),
      label('Photos', {
        type: ComponentType.FileUpload,
        custom_id: 'photos',
        min_values: 0,
        max_values: 2,
        required: false,
        file_types: ['image'],
      }),
    ];
    const { token } = await fake.interaction(id);
    const modal = (data: object) => callback(id, token, { type: InteractionResponseType.Modal, data });
    const bad = modal({ title: 'x'.repeat(46), custom_id: 'm', components });
    const error = (await rest
      .post(bad.path as '/', { body: bad.body, auth: false })
      .catch((one: unknown) => one)) as DiscordAPIError;
    expect([error.status, error.code, error.rawError]).toMatchObject([
      400,
      50035,
      { errors: { data: { title: { _errors: [{ code: 'BASE_TYPE_BAD_LENGTH' }] } } } },
    ]);
    const { body, path } = modal({ title: 'Make', custom_id: 'm', components });
    await rest.post(path as '/', { body, auth: false });
    await next();
    const values = (more: object = {}) => fake.submit({ interaction: id, values: { prompt: 'a cat', ...more } });
    await expect(values({ prompt: 'a' })).rejects.toThrow('too short');
    await expect(values({ model: ['three'] })).rejects.toThrow('has no three');
    const text = { name: 'a.txt', contentType: 'text/plain', base64: '' };
    await expect(values({ photos: [text] })).rejects.toThrow('no such file');
    const photo = { name: 'a.png', contentType: 'image/png', base64: Buffer.from('png').toString('base64') };
    const submitted = await values({ shape: 'wide', photos: [photo] });
    const submission = await next<ModalSubmitInteraction>();
    expect([submission.id, submission.customId]).toEqual([submitted, 'm']);
    expect(submission.fields.getTextInputValue('prompt')).toBe('a cat');
    expect(submission.fields.getStringSelectValues('model')).toEqual(['one']);
    expect(submission.fields.getUploadedFiles('photos')?.first()?.size).toBe(3);
    expect(submission.fields.getField('shape')).toMatchObject({ value: 'wide' });
    const reply = await submission.reply({ content: 'thanks', withResponse: true });
    expect(reply.resource?.message?.interactionMetadata).toMatchObject({
      id: submitted,
      triggeringInteractionMetadata: { id },
    });
    const more = await values();
    const again = callback(more, (await fake.interaction(more)).token, {
      type: InteractionResponseType.Modal,
    });
    expect(await refused(rest.post(again.path as '/', { body: again.body, auth: false }))).toEqual([400, 50035]);
  });

  test('autocomplete is answered by choices, a message command carries the message, and anything can come twice', async () => {
    const { fake, user, channel } = await discord();
    const { next } = await bot(fake);
    const typed = await fake.autocomplete({ channel, user, command: 'make', sub: 'film', option: 'model', text: 'so' });
    const asked = await next<Interaction>();
    if (!asked.isAutocomplete()) throw new Error('no autocomplete');
    expect([asked.options.getSubcommand(), asked.options.getFocused()]).toEqual(['film', 'so']);
    await asked.respond([{ name: 'Sora', value: 'sora' }]);
    expect((await fake.interaction(typed)).choices).toEqual([{ name: 'Sora', value: 'sora' }]);
    const photo = { name: 'a.png', contentType: 'image/png', base64: Buffer.from('png').toString('base64') };
    const message = await fake.say({ channel, user, content: 'look', files: [photo] });
    const command = await fake.messageCommand({ user, command: 'Animate', message });
    const menu = await next<Interaction>();
    if (!menu.isMessageContextMenuCommand()) throw new Error('no message command');
    expect(menu.targetMessage).toMatchObject({ content: 'look', author: { id: user } });
    await fake.repeat(command);
    expect((await next<Interaction>()).id).toBe(command);
    expect((await fake.interaction(command)).dispatches).toBe(2);
  });

  test('in a DM there is a user, no guild, and the few permissions that an application has there', async () => {
    const { fake, user } = await discord();
    const { next } = await bot(fake);
    await fake.slash({ channel: await fake.openDm(user), user, command: 'make' });
    const interaction = await next();
    expect([interaction.guildId, interaction.context, interaction.user.id]).toEqual([null, 1, user]);
    expect(interaction.appPermissions.bitfield).toBe(442_368n);
  });
});

describe('messages', () => {
  test('a nonce is used once per channel for a while', async () => {
    const { fake, channel, say } = await discord();
    const nonce = { nonce: 'job-1', enforce_nonce: true };
    const first = await say('a', nonce);
    expect((await say('a', nonce)).id).toBe(first.id);
    expect((await say('a', { nonce: 'job-1' })).id).not.toBe(first.id);
    await fake.advance(300_001);
    expect((await say('a', nonce)).id).not.toBe(first.id);
    expect(await fake.messages(channel)).toHaveLength(3);
    expect(await refused(say('a', { nonce: 'x'.repeat(26) }))).toEqual([400, 50035]);
  });

  test('a post mentions by default, and so does an edit whatever the post had allowed', async () => {
    const { fake, rest, guild, user, channel, say } = await discord();
    const role = await fake.makeRole({ guild, mentionable: true });
    const content = `<@${user}> <@&${role}> @everyone`;
    const posted = await say(content, { allowed_mentions: { parse: [] } });
    expect((await fake.message(posted.id)).pinged).toEqual({ users: [], roles: [], everyone: false });
    const edit = (body: object) => rest.patch(Routes.channelMessage(channel, posted.id), { body });
    await edit({ content, allowed_mentions: { parse: [] } });
    await edit({ content });
    expect(await fake.message(posted.id)).toMatchObject({
      edits: 2,
      pinged: { users: [user], roles: [role], everyone: false },
    });
    await fake.changeGuild({ guild, bot: ['ViewChannel', 'SendMessages', 'MentionEveryone'] });
    expect((await fake.message((await say(content)).id)).pinged.everyone).toBe(true);
    expect(await refused(say('x', { allowed_mentions: { parse: ['users'], users: [user] } }))).toEqual([400, 50035]);
    await fake.makeMember({ guild, user, dms: 'open' });
  });

  test('a reply mentions its author unless told otherwise, and needs its message unless told otherwise', async () => {
    const { fake, user, channel, say } = await discord();
    const asked = await fake.say({ channel, user, content: 'hello' });
    const reply = await say('hi', { message_reference: { message_id: asked } });
    expect(reply.referenced_message).toMatchObject({ id: asked, content: '' });
    const quiet = await say('hi', { message_reference: { message_id: asked }, allowed_mentions: { parse: [] } });
    const pinged = await Promise.all([reply, quiet].map(async ({ id }) => (await fake.message(id)).pinged.users));
    expect(pinged).toEqual([[user], []]);
    await fake.deleteMessage(asked);
    expect(await refused(say('hi', { message_reference: { message_id: asked } }))).toEqual([400, 50035]);
    const plain = await say('hi', { message_reference: { message_id: asked, fail_if_not_exists: false } });
    expect((await fake.message(plain.id)).reference).toBeNull();
  });

  test('what no message can be is refused', async () => {
    const { say, user, fake, channel, rest } = await discord();
    const cases: [object, number][] = [
      [{ content: '' }, 50006],
      [{ content: 'x'.repeat(2001) }, 50035],
      [{ components: [row('a'), row('a')] }, 50035],
      [{ components: [row('x'.repeat(101))] }, 50035],
      [{ components: [row('a', { label: 'x'.repeat(81) })] }, 50035],
      [{ components: Array.from({ length: 6 }, (_, index) => row(`${index}`)) }, 50035],
      [{ embeds: [{ description: 'x'.repeat(4000) }, { description: 'x'.repeat(2001) }] }, 50035],
      [{ flags: MessageFlags.IsComponentsV2, content: 'x', components: [{ type: 10, content: 'y' }] }, 50035],
      [
        { flags: MessageFlags.IsComponentsV2, components: [{ type: 13, file: { url: 'attachment://none.png' } }] },
        50035,
      ],
      [{ components: [{ type: 10, content: 'y' }] }, 50035],
    ];
    for (const [body, code] of cases) expect(await refused(say('', body)), JSON.stringify(body)).toEqual([400, code]);
    expect(await fake.messages(channel)).toEqual([]);
    const modern = await rest.post(Routes.channelMessages(channel), {
      body: {
        flags: MessageFlags.IsComponentsV2,
        components: [
          { type: 13, file: { url: 'attachment://a.bin' } },
          { type: 10, content: `<@${user}>` },
        ],
      },
      files: [file('a.bin', 9)],
    });
    expect(modern).toMatchObject({ components: [{ file: { url: expect.stringContaining('/cdn/attachments/') } }, {}] });
    expect((await fake.message((modern as APIMessage).id)).pinged.users).toEqual([user]);
  });

  test('the bot does what it may, where it may', async () => {
    const { fake, rest, guild, user, channel } = await discord();
    const post = (to: string, files: ReturnType<typeof file>[] = []) =>
      refused(rest.post(Routes.channelMessages(to), { body: { content: 'x' }, files }));
    const deny = async (...names: ('ViewChannel' | 'SendMessages' | 'AttachFiles')[]) =>
      fake.makeChannel({ guild, overwrites: [{ id: fake.botId, deny: names }] });
    expect(await post(await deny('ViewChannel'))).toEqual([403, 50001]);
    expect(await post(await deny('SendMessages'))).toEqual([403, 50013]);
    const bare = await deny('AttachFiles');
    expect([await post(bare), await post(bare, [file('a.bin', 1)])]).toEqual(['done', [403, 50013]]);
    expect(await post(await fake.makeChannel({ guild, type: ChannelType.GuildForum }))).toEqual([400, 50008]);
    await fake.deleteChannel(bare);
    expect(await post(bare)).toEqual([404, 10003]);
    const said = await fake.say({ channel, user, content: 'mine' });
    expect(await refused(rest.patch(Routes.channelMessage(channel, said), { body: { content: 'x' } }))).toEqual([
      403, 50005,
    ]);
    expect(await refused(rest.delete(Routes.channelMessage(channel, said)))).toEqual([403, 50013]);
    await fake.changeGuild({ guild, bot: ['ViewChannel', 'SendMessages'], everyone: [] });
    expect(await rest.get(Routes.channelMessages(channel))).toEqual([]);
    await fake.leave({ guild, user: fake.botId });
    expect([await post(channel), await refused(rest.get(Routes.guild(guild)))]).toEqual([
      [403, 50001],
      [404, 10004],
    ]);
    const stranger = new REST({ api: fake.api, version: '10' }).setToken('wrong');
    expect(await refused(stranger.get(Routes.user()))).toEqual([401, 0]);
  });

  test('owners, administrators, roles and overwrites count as they do on Discord', async () => {
    const { fake, guild, owner } = await discord();
    const { next } = await bot(fake);
    const role = await fake.makeRole({ guild, permissions: ['ManageMessages'] });
    const admin = await fake.makeRole({ guild, permissions: ['Administrator'] });
    const member = await fake.makeMember({ guild, roles: [role] });
    const boss = await fake.makeMember({ guild, roles: [admin] });
    const channel = await fake.makeChannel({
      guild,
      overwrites: [
        { id: guild, deny: ['SendMessages', 'AttachFiles', 'EmbedLinks'] },
        { id: role, allow: ['SendMessages', 'AttachFiles'], deny: ['ManageMessages'] },
        { id: member, deny: ['AttachFiles'] },
      ],
    });
    const may = async (user: string) => {
      await fake.slash({ channel, user, command: 'make' });
      const { memberPermissions } = await next();
      return (['SendMessages', 'AttachFiles', 'EmbedLinks', 'ManageMessages'] as const).map((name) =>
        memberPermissions?.has(name, false),
      );
    };
    expect(await may(member)).toEqual([true, false, false, false]);
    expect([await may(boss), await may(owner)]).toEqual([Array(4).fill(true), Array(4).fill(true)]);
  });

  test('files are held to the limit of the guild, and kept by their hash', async () => {
    const { fake, rest, guild, channel } = await discord();
    const upload = (size: number, name = 'SPOILER_a b.bin') =>
      rest.post(Routes.channelMessages(channel), {
        body: { attachments: [{ id: 0, description: 'a film' }] },
        files: [file(name, size)],
      });
    expect(await refused(upload(10 * mebi + 1))).toEqual([413, 40005]);
    await fake.changeGuild({ guild, premiumTier: 2 });
    await upload(10 * mebi + 1);
    expect(await refused(upload(50 * mebi + 1))).toEqual([413, 40005]);
    const [message] = await fake.messages(channel);
    const sha256 = createHash('sha256')
      .update(Buffer.alloc(10 * mebi + 1, 7))
      .digest('hex');
    expect(message?.attachments).toMatchObject([
      { filename: 'SPOILER_a_b.bin', size: 10 * mebi + 1, description: 'a film', spoiler: true, sha256 },
    ]);
  });

  test('who has Nitro sends more through an interaction, and the bot by itself does not', async () => {
    const { fake, rest, guild, user, channel } = await discord();
    const { next } = await bot(fake);
    await fake.makeMember({ guild, user, uploadLimit: 20 * mebi });
    await fake.slash({ channel, user, command: 'make' });
    const interaction = await next();
    expect(interaction.attachmentSizeLimit).toBe(20 * mebi);
    const large = file('a.bin', 11 * mebi);
    await interaction.reply({ files: [{ name: large.name, attachment: large.data }] });
    expect(await refused(rest.post(Routes.channelMessages(channel), { files: [large] }))).toEqual([413, 40005]);
  });

  test('links of attachments end, and cannot be forged', async () => {
    const { fake, rest, channel } = await discord();
    const message = (await rest.post(Routes.channelMessages(channel), { files: [file('a.bin', 3)] })) as APIMessage;
    const link = message.attachments[0]?.url ?? '';
    expect([...Buffer.from(await (await fetch(link)).arrayBuffer())]).toEqual([7, 7, 7]);
    expect((await fetch(link.replace(/hm=./, 'hm=x'))).status).toBe(404);
    await fake.advance(86_402_000);
    expect((await fetch(link)).status).toBe(404);
    const fresh = (await rest.get(Routes.channelMessage(channel, message.id))) as APIMessage;
    expect((await fetch(fresh.attachments[0]?.url ?? '')).status).toBe(200);
  });

  test('a thread is reopened by a post, refuses edits while archived, and posts while locked', async () => {
    const { fake, rest, guild, channel } = await discord();
    const thread = await fake.makeChannel({ guild, parent: channel });
    const post = () => rest.post(Routes.channelMessages(thread), { body: { content: 'x' } }) as Promise<APIMessage>;
    const { id } = await post();
    await fake.changeChannel({ channel: thread, archived: true });
    expect(await refused(rest.patch(Routes.channelMessage(thread, id), { body: { content: 'y' } }))).toEqual([
      400, 50083,
    ]);
    await post();
    expect(await fake.channel(thread)).toMatchObject({ archived: false, parentId: channel });
    await fake.changeChannel({ channel: thread, locked: true, archived: true });
    expect(await refused(post())).toEqual([400, 160005]);
    await fake.changeGuild({ guild, bot: ['ViewChannel', 'SendMessagesInThreads', 'ManageThreads'] });
    expect(await refused(post())).toBe('done');
    const secret = await fake.makeChannel({ guild, parent: channel, type: ChannelType.PrivateThread });
    await fake.changeGuild({ guild, bot: ['ViewChannel', 'SendMessagesInThreads'] });
    expect(await refused(rest.get(Routes.channel(secret)))).toEqual([403, 50001]);
    await fake.changeChannel({ channel: secret, members: [fake.botId] });
    expect(await rest.get(Routes.channel(secret))).toMatchObject({ type: 12, parent_id: channel });
  });

  test('a thread is started from a message, once, where there can be one', async () => {
    const { fake, rest, guild, channel, say } = await discord();
    const start = (to: string, message: string, body: object = { name: 'Rain' }) =>
      rest.post(Routes.threads(to, message), { body });
    const { id } = await say('a message');
    expect(await refused(start(channel, id, { name: '' }))).toEqual([400, 50035]);
    expect(await refused(start(channel, id, { name: 'x'.repeat(101) }))).toEqual([400, 50035]);
    expect(await refused(start(channel, id, { name: 'x', auto_archive_duration: 5 }))).toEqual([400, 50035]);
    expect(await refused(start(channel, '1'))).toEqual([404, 10008]);
    expect(await start(channel, id)).toMatchObject({
      id,
      type: ChannelType.PublicThread,
      parent_id: channel,
      name: 'Rain',
    });
    expect(await refused(start(channel, id))).toEqual([400, 160004]);
    const { flags = 0 } = (await rest.get(Routes.channelMessage(channel, id))) as APIMessage;
    expect(flags & MessageFlags.HasThread).toBe(MessageFlags.HasThread);
    const below = (await rest.post(Routes.channelMessages(id), { body: { content: 'below' } })) as APIMessage;
    expect(await refused(start(id, below.id))).toEqual([400, 50024]);
    const news = await fake.makeChannel({ guild, type: ChannelType.GuildAnnouncement });
    const told = (await rest.post(Routes.channelMessages(news), { body: { content: 'x' } })) as APIMessage;
    expect(await start(news, told.id)).toMatchObject({ type: ChannelType.AnnouncementThread });
    const bare = await fake.makeChannel({ guild, overwrites: [{ id: fake.botId, deny: ['CreatePublicThreads'] }] });
    const alone = (await rest.post(Routes.channelMessages(bare), { body: { content: 'x' } })) as APIMessage;
    expect(await refused(start(bare, alone.id))).toEqual([403, 50013]);
  });

  test('a DM reaches who takes DMs and shares a guild', async () => {
    const { fake, rest, guild } = await discord();
    const shy = await fake.makeMember({ guild, dms: 'closed' });
    const gone = await fake.makeMember({ guild });
    await fake.leave({ guild, user: gone });
    const dm = async (recipient_id: string) => {
      const { id } = (await rest.post(Routes.userChannels(), { body: { recipient_id } })) as { id: string };
      return refused(rest.post(Routes.channelMessages(id), { body: { content: 'x' } }));
    };
    expect([await dm(shy), await dm(gone), await dm(await fake.makeMember({ guild }))]).toEqual([
      [403, 50007],
      [403, 50278],
      'done',
    ]);
    expect(await refused(dm('123456789012345678'))).toEqual([404, 10013]);
  });

  test('edits of old messages are rationed', async () => {
    const { fake, rest, channel, say } = await discord();
    const { id } = await say('old');
    const edit = () => rest.patch(Routes.channelMessage(channel, id), { body: { content: 'x' } });
    await fake.advance(3_600_001);
    for (let count = 0; count < 5; count++) await edit();
    const reply = await fetch(`${fake.api}/v10${Routes.channelMessage(channel, id)}`, {
      method: 'PATCH',
      headers: { authorization: `Bot ${fake.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'x' }),
    });
    expect([reply.status, reply.headers.get('retry-after'), await reply.json()]).toMatchObject([
      429,
      '6',
      { code: 30046 },
    ]);
    await fake.advance(6001);
    await edit();
  });

  test('a list pages by id, newest first', async () => {
    const { rest, channel, say } = await discord();
    const ids: string[] = [];
    for (const content of ['a', 'b', 'c', 'd', 'e']) ids.push((await say(content)).id);
    const page = async (query: Record<string, string>) =>
      ((await rest.get(Routes.channelMessages(channel), { query: new URLSearchParams(query) })) as APIMessage[])
        .map(({ content }) => content)
        .join('');
    expect(await page({ limit: '2' })).toBe('ed');
    expect([await page({ before: ids[2] ?? '' }), await page({ after: ids[2] ?? '', limit: '1' })]).toEqual([
      'ba',
      'd',
    ]);
    expect(await page({ around: ids[2] ?? '', limit: '3' })).toBe('dcb');
  });
});

describe('commands', () => {
  const make = {
    name: 'make',
    description: 'Makes a film',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'prompt',
        description: 'What',
        required: true,
        max_length: 10,
      },
      {
        type: ApplicationCommandOptionType.Integer,
        name: 'seconds',
        description: 'How long',
        min_value: 1,
        autocomplete: false,
      },
    ],
  };

  test('they are checked, given back in Discord’s own form, and overwritten by name', async () => {
    const { fake, rest, guild } = await discord();
    const global = Routes.applicationCommands(fake.applicationId);
    const [made] = (await rest.put(global, { body: [{ ...make, contexts: [0, 1] }] })) as Record<string, unknown>[];
    expect(made).toMatchObject({
      type: 1,
      nsfw: false,
      dm_permission: true,
      contexts: [0, 1],
      integration_types: [0],
      default_member_permissions: null,
      name_localizations: null,
    });
    expect(made?.options).toMatchObject([{ required: true, max_length: 10 }, { min_value: 1 }]);
    expect(JSON.stringify(made)).not.toContain('autocomplete');
    expect(await rest.post(global, { body: make })).toMatchObject({ id: made?.id, contexts: null });
    expect(await fake.commands()).toHaveLength(1);
    const guilds = Routes.applicationGuildCommands(fake.applicationId, guild);
    const [optional, needed] = [make.options[1], make.options[0]];
    const bad = [
      { ...make, name: 'Make' },
      { ...make, description: '' },
      { ...make, options: [optional, needed] },
      { ...make, options: [{ ...needed, max_length: 6001 }] },
      { ...make, options: Array.from({ length: 26 }, (_, index) => ({ ...optional, name: `o${index}` })) },
      { ...make, contexts: [0] },
      { type: ApplicationCommandType.Message, name: 'x'.repeat(33) },
    ];
    for (const body of bad) expect(await refused(rest.post(guilds, { body }))).toEqual([400, 50035]);
    const menus = Array.from({ length: 16 }, (_, index) => ({
      type: ApplicationCommandType.Message,
      name: `Menu ${index}`,
    }));
    expect(await refused(rest.put(guilds, { body: menus }))).toEqual([400, 30032]);
    await rest.put(guilds, { body: menus.slice(1) });
    expect(await fake.commands(guild)).toHaveLength(15);
    expect(await refused(rest.delete(`${guilds}/${made?.id}`))).toEqual([404, 10063]);
  });

  test('a member can do with one only what their client lets them', async () => {
    const { fake, rest, user, channel } = await discord();
    const { next } = await bot(fake);
    const [made] = (await rest.put(Routes.applicationCommands(fake.applicationId), {
      body: [{ ...make, contexts: [0] }],
    })) as { id: string }[];
    const slash = (options: Record<string, string | number>) => fake.slash({ channel, user, command: 'make', options });
    await expect(slash({})).rejects.toThrow('prompt is required');
    await expect(slash({ prompt: 'x'.repeat(11) })).rejects.toThrow('out of range');
    await expect(slash({ prompt: 'x', seconds: 0 })).rejects.toThrow('out of its range');
    await expect(slash({ prompt: 'x', more: 1 })).rejects.toThrow('no option more');
    await expect(
      fake.slash({ channel: await fake.openDm(user), user, command: 'make', options: { prompt: 'x' } }),
    ).rejects.toThrow('not offered');
    await slash({ prompt: 'x', seconds: 3 });
    expect((await next()).commandId).toBe(made?.id);
  });
});

describe('the gateway', () => {
  test('a session is resumed after a cut, and gets what it missed', async () => {
    const { fake, user, channel } = await discord();
    const { next, met } = await bot(fake);
    await fake.dropGateway();
    const missed = await fake.slash({ channel, user, command: 'make' });
    expect((await next()).id).toBe(missed);
    expect(await fake.stats()).toMatchObject({ identifies: 1, resumes: 1, connections: 2, connected: 1 });
    await fake.reconnect();
    await until('another resume', async () => (await fake.stats()).resumes === 2);
    await fake.dropGateway({ resumable: false });
    await fake.slash({ channel, user, command: 'lost' });
    await until('a new session', async () => (await fake.sessions()).some(({ connected }) => connected));
    const after = await fake.slash({ channel, user, command: 'make' });
    expect((await next()).id).toBe(after);
    expect(met).toEqual([]);
  });

  test('a wrong token, privileged intents and a second IDENTIFY are turned away', async () => {
    const { fake } = await discord();
    const closed = async (...all: object[]) => {
      const line = dial(fake);
      await line.next(GatewayOpcodes.Hello);
      for (const d of all) line.send(GatewayOpcodes.Identify, { token: fake.token, intents: 0, ...d });
      return until('a close', line.code);
    };
    expect(await closed({ token: 'wrong' })).toBe(GatewayCloseCodes.AuthenticationFailed);
    expect(await closed({ intents: GatewayIntentBits.MessageContent })).toBe(GatewayCloseCodes.DisallowedIntents);
    expect(await closed({}, {})).toBe(GatewayCloseCodes.AlreadyAuthenticated);
  });

  test('an invalidated session goes on or begins anew over the same connection', async () => {
    const { fake, user, channel } = await discord();
    const { next, send } = dial(fake);
    send(GatewayOpcodes.Heartbeat, null);
    await next(GatewayOpcodes.HeartbeatAck);
    send(GatewayOpcodes.Identify, { token: fake.token, intents: 0 });
    const { session_id } = (await next(GatewayOpcodes.Dispatch, 'READY')).d as { session_id: string };
    await fake.invalidateSession({ resumable: true });
    expect((await next(GatewayOpcodes.InvalidSession)).d).toBe(true);
    await fake.slash({ channel, user, command: 'make' });
    const resume = () => send(GatewayOpcodes.Resume, { token: fake.token, session_id, seq: 1 });
    resume();
    expect((await next(GatewayOpcodes.Dispatch, 'INTERACTION_CREATE')).s).toBe(2);
    expect((await next(GatewayOpcodes.Dispatch, 'RESUMED')).s).toBe(3);
    await fake.invalidateSession();
    expect((await next(GatewayOpcodes.InvalidSession)).d).toBe(false);
    resume();
    expect((await next(GatewayOpcodes.InvalidSession)).d).toBe(false);
    send(GatewayOpcodes.Identify, { token: fake.token, intents: 0 });
    expect((await next(GatewayOpcodes.Dispatch, 'READY')).s).toBe(1);
    expect(await fake.stats()).toMatchObject({ identifies: 2, resumes: 1, connections: 1 });
  });

  test('each shard gets the events of its guilds, and the first one those of DMs', async () => {
    const { fake } = await discord({ shards: 2 });
    const { client, next } = await bot(fake, [GatewayIntentBits.Guilds]);
    expect((await fake.sessions()).map(({ shard }) => shard)).toEqual([
      [0, 2],
      [1, 2],
    ]);
    for (const shard of [0, 1]) {
      const { id, ownerId } = await fake.makeGuild({ shard: [shard, 2] });
      const channel = await fake.makeChannel({ guild: id });
      await until('the guild', () => client.guilds.cache.get(id)?.available);
      await fake.slash({ channel, user: ownerId, command: 'make' });
      expect((await next()).guild?.shardId).toBe(shard);
    }
  });
});

describe('faults and limits', () => {
  test('a request can be refused, cut before or after it is done, or left hanging', async () => {
    const { fake, channel, say } = await discord();
    const path = `^/channels/${channel}/messages$`;
    await fake.fail({ method: 'POST', path, status: 403, code: 50013, times: 2 });
    expect([await refused(say('a')), await refused(say('a'))]).toEqual([
      [403, 50013],
      [403, 50013],
    ]);
    await fake.fail({ path, cut: 'before' });
    await expect(say('b')).rejects.toThrow();
    await fake.fail({ path, cut: 'after' });
    await expect(say('c')).rejects.toThrow();
    await fake.fail({ path, hang: 60_000 });
    const waiting = fetch(`${fake.api}/v10/channels/${channel}/messages`, {
      method: 'POST',
      headers: { authorization: `Bot ${fake.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'd' }),
    }).catch(() => 'cut');
    await until('two messages', async () => (await fake.messages(channel)).length === 2);
    expect((await fake.messages(channel)).map(({ content }) => content)).toEqual(['c', 'd']);
    expect(await fake.faultsLeft()).toBe(0);
    expect(await fake.stats()).toMatchObject({ requests: 5, invalid: 2 });
    expect((await fake.requests()).map(({ status, code }) => [status, code])).toEqual([
      [403, 50013],
      [403, 50013],
      [null, null],
      [null, null],
      [null, null],
    ]);
    await fake.close();
    expect(await waiting).toBe('cut');
  });

  test('buckets and the global limit are kept, and discord.js waits for them', async () => {
    const { fake, rest, channel, say } = await discord({ buckets: { limit: 2, windowMs: 300 } });
    for (const content of ['a', 'b', 'c']) await say(content);
    expect((await fake.requests()).map(({ status }) => status)).not.toContain(429);
    const ask = () =>
      fetch(`${fake.api}/v10${Routes.channel(channel)}`, { headers: { authorization: `Bot ${fake.token}` } });
    await fake.configure({ buckets: { limit: 1, windowMs: 60_000 } });
    await ask();
    const over = await ask();
    expect([over.status, over.headers.get('x-ratelimit-scope'), over.headers.get('x-ratelimit-remaining')]).toEqual([
      429,
      'user',
      '0',
    ]);
    expect(await over.json()).toMatchObject({ global: false, retry_after: expect.any(Number) });
    await fake.configure({ buckets: null, globalPerSecond: 1 });
    await rest.get(Routes.channel(channel));
    expect((await ask()).headers.get('x-ratelimit-global')).toBe('true');
  });

  test('the edge refuses a large body while it is still coming', async () => {
    const { fake, rest, channel } = await discord({ edgeLimit: mebi });
    const upload = rest.post(Routes.channelMessages(channel), { files: [file('a.bin', 9 * mebi)] });
    expect(await refused(upload)).toEqual([413, undefined]);
    expect(await fake.requests()).toMatchObject([{ status: 413, code: null }]);
    expect(await fake.messages(channel)).toEqual([]);
  });
});

test('in a process of its own it is the same', async () => {
  const { fake, rest, user, channel } = await discord({ latencyMs: 20 }, forkFakeDiscord);
  const { next } = await bot(fake);
  const id = await fake.slash({ channel, user, command: 'make' });
  await (await next()).reply('hello');
  expect((await fake.interaction(id)).response).toMatchObject({ content: 'hello', channelId: channel });
  await fake.changeGuild({ guild: (await fake.channel(channel))?.guildId ?? '', premiumTier: 3 });
  const started = performance.now();
  await rest.post(Routes.channelMessages(channel), { files: [file('film.mp4', 100 * mebi)] });
  expect(performance.now() - started).toBeLessThan(10_000);
  expect((await fake.messages(channel)).at(-1)?.attachments).toMatchObject([{ size: 100 * mebi }]);
}, 40_000);
