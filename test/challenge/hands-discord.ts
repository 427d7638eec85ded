import { type APIModalInteractionResponseCallbackData, ComponentType } from 'discord.js';
import { answered, buttonsOf, granted, read, startRig } from '../platforms/discord/rig.ts';
import type { StoredMessage } from '../support/discord/api.ts';
import { until } from '../support/until.ts';
import { type Hands, type Seen, tinyModels, type Values } from './hands.ts';

type Given = Parameters<Awaited<ReturnType<typeof startRig>>['fake']['submit']>[0]['values'];

const seen = (message: StoredMessage): Seen => ({
  text: read(message.content),
  buttons: buttonsOf(message).map(({ label }) => label),
  films: message.attachments.filter(({ contentType }) => contentType === 'video/mp4').map(({ sha256 }) => sha256),
  rings: message.pinged.everyone || message.pinged.roles.length > 0 || message.pinged.users.length > 0,
  id: message.id,
  where: message.channelId,
});

/** Values as the form of an interaction takes them: what is chosen is a list. */
function filledIn({ components }: APIModalInteractionResponseCallbackData, values: Values): Given {
  const lists = components.flatMap((one) =>
    one.type === ComponentType.Label && one.component.type === ComponentType.StringSelect
      ? [one.component.custom_id]
      : [],
  );
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, lists.includes(name) ? [String(value)] : String(value)]),
  );
}

/** A Discord server, with the bot in it. */
export async function handsOnDiscord(): Promise<Hands & { close(): Promise<void> }> {
  const rig = await startRig({ drawn: true, models: tinyModels });
  const { fake, world, house, bot, space } = rig;
  await fake.changeGuild({ guild: world.guild, bot: [...granted, 'CreatePublicThreads'] });
  const told = async (id: string): Promise<Seen> => seen((await answered(fake, id)).response);
  const sent = async (id: string, values: Values): Promise<Seen> => {
    const form = await until('the form', async () => (await fake.interaction(id)).modal ?? undefined);
    return told(await fake.submit({ interaction: id, values: filledIn(form, values) }));
  };
  const slash = (user: string, command: string, options: Values = {}) => {
    const [name = '', ...path] = command.split(' ');
    const sub = path.length === 0 ? {} : { sub: path.join(' ') };
    return fake.slash({ channel: world.channel, user, command: name, options, ...sub });
  };
  const pressed = async (user: string, message: Seen, label: string): Promise<string> => {
    const button = buttonsOf(await fake.message(message.id)).find((one) => one.label === label);
    if (!button) throw new Error(`there is no button ${label}: ${message.buttons.join(', ')}`);
    return fake.press({ user, customId: button.id, message: message.id });
  };
  const press = async (user: string, message: Seen, label: string) => told(await pressed(user, message, label));

  return {
    ...{ house, space, boss: world.owner },
    loud: (member) => `for <@${member}>, @everyone and <@&${world.botRole}>`,
    refer: (member) => member,
    join: (name) => fake.makeMember({ guild: world.guild, name, globalName: name }),
    leave: (user) => fake.leave({ guild: world.guild, user }),
    ask: async (user, command, values) => told(await slash(user, command, values)),
    fill: async (user, command, values) => sent(await slash(user, command), values),
    press,
    pressAndFill: async (user, message, label, values) => sent(await pressed(user, message, label), values),
    async remove(user, job) {
      const post = await until('it is posted', async () =>
        (await fake.messages(world.channel)).find((message) =>
          buttonsOf(message).some(({ label, id }) => label === 'More' && id.includes(job)),
        ),
      );
      const more = await press(user, seen(post), 'More');
      return press(user, await press(user, more, 'Delete'), 'Delete it for good');
    },
    async everybody() {
      const inChannel = await fake.messages(world.channel);
      const threads = await Promise.all(
        inChannel.map(async ({ id }) => ((await fake.channel(id)) === null ? [] : fake.messages(id))),
      );
      return [...inChannel, ...threads.flat()].map(seen);
    },
    alone: async (user) => (await fake.messages(await fake.openDm(user))).map(seen),
    errors: () => bot.log.lines.filter(({ level }) => level === 'error'),
    close: rig.close,
  };
}
