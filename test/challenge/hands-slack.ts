import { answered, buttonsOf, read, startRig } from '../platforms/slack/rig.ts';
import type { StoredMessage } from '../support/slack/api.ts';
import { until } from '../support/until.ts';
import { type Hands, type Seen, tinyModels, type Values } from './hands.ts';

const seen = (message: StoredMessage): Seen => ({
  text: `${read(message)}\n${tablesOf(message)}`,
  buttons: buttonsOf(message).map(({ label }) => label),
  films: message.files.filter(({ mimetype }) => mimetype === 'video/mp4').map(({ sha256 }) => sha256),
  rings: message.pinged.everyone || message.pinged.groups.length > 0 || message.pinged.users.length > 0,
  id: message.ts,
  where: message.channel,
});

/** The words of its tables, whatever stands around them. */
const tablesOf = ({ blocks }: StoredMessage): string =>
  (blocks as { type: string }[])
    .filter(({ type }) => type === 'table')
    .map((table) => JSON.stringify(table))
    .join('\n');

/** A Slack workspace, with the bot in a channel. */
export async function handsOnSlack(): Promise<Hands & { close(): Promise<void> }> {
  const rig = await startRig({ drawn: true, models: tinyModels });
  const { fake, world, house, bot, space } = rig;
  const { channel } = world;
  const names = new Map<string, string>();
  const told = async (id: string): Promise<Seen> => seen(await answered(fake, id));
  /** The form that a deed opened is sent; its answer comes to where that deed was done, or to the member alone. */
  const sent = async (user: string, opener: string, values: Values): Promise<Seen> => {
    const view = await until('the form', async () => (await fake.deed(opener)).viewsOpened[0]);
    const given = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
    const deed = await fake.submit({ user, view, values: given });
    return until('the answer to a form', async () => {
      const [before, after] = [await fake.deed(opener), await fake.deed(deed)];
      const found = before.answers.at(-1) ?? after.answers.at(-1) ?? after.ephemerals.at(-1);
      return found && seen(found);
    });
  };
  const slash = (user: string, command: string, values: Values = {}) => {
    const quoted = (value: string | number) => (/\s/.test(String(value)) ? `"${value}"` : value);
    const text = [command, ...Object.entries(values).map(([name, value]) => `${name}:${quoted(value)}`)].join(' ');
    return fake.slash({ user, channel, command: '/dailies', text });
  };
  const pressed = async (user: string, { id: ts, where, buttons }: Seen, label: string): Promise<string> => {
    const message = await fake.message({ channel: where, ts });
    const button = buttonsOf(message).find((one) => one.label === label);
    if (!button) throw new Error(`there is no button ${label}: ${buttons.join(', ')}`);
    return fake.press({ user, channel: where, ts, action: button.id });
  };
  const press = async (user: string, message: Seen, label: string) => told(await pressed(user, message, label));

  return {
    ...{ house, space, boss: world.boss },
    loud: (member) => `for <@${member}>, <!channel> and <!everyone>`,
    refer: (member) => `@${names.get(member)}`,
    async join(name) {
      const member = await fake.makeUser({ name, displayName: name });
      names.set(member, name);
      return member;
    },
    leave: (user) => fake.changeUser({ user, deleted: true }),
    ask: async (user, command, values) => told(await slash(user, command, values)),
    fill: async (user, command, values) => sent(user, await slash(user, command), values),
    press,
    pressAndFill: async (user, message, label, values) => sent(user, await pressed(user, message, label), values),
    async remove(user, job) {
      const post = await until('it is posted', async () =>
        (await fake.messages(channel)).find((message) =>
          buttonsOf(message).some(({ label, id, value }) => label === 'More' && `${id} ${value}`.includes(job)),
        ),
      );
      const more = await press(user, seen(post), 'More');
      return press(user, await press(user, more, 'Delete'), 'Delete it for good');
    },
    everybody: async () => (await fake.messages(channel)).map(seen),
    async alone(user) {
      const dm = await fake.dm(user);
      return dm === null ? [] : (await fake.messages(dm)).map(seen);
    },
    errors: () => bot.log.lines.filter(({ level }) => level === 'error'),
    close: rig.close,
  };
}
