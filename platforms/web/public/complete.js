// What the composer offers while a line is typed. Pure: the text before the caret in, the offers out.

/**
 * @typedef {import('./dom.js').Command} Command
 * @typedef {{ insert: string, label: string, detail: string }} Offer
 * @typedef {{ from: number, offers: Offer[], first: boolean }} Offers `from`: where the insertion begins; `first`: Enter takes the first
 */

/** @type {Offers} */
const none = { from: 0, offers: [], first: false };

/** Fields that buttons fill in. */
const carried = ['job', 'quote', 'challenge'];

/**
 * Whether a command can be typed, or asked for by the form beside the line: not one that takes what only a button carries.
 * @param {Command} command
 */
export const typable = ({ surfaces, fields }) =>
  surfaces.includes('slash') ||
  (surfaces.includes('form') && !fields.some(({ name, required }) => required && carried.includes(name)));

/**
 * The command that a line begins with, when it has one.
 * @param {string} text
 * @param {readonly Command[]} commands
 */
export function commandOf(text, commands) {
  const line = /^\s*\/(\S+(?: \S+){0,2})/.exec(text)?.[1]?.toLowerCase() ?? '';
  return commands.find(
    ({ command }) => line === command || line.startsWith(`${command} `) || line.split(' ')[0] === command,
  );
}

/**
 * The fields that a line can still name.
 * @param {string} text
 * @param {Command} command
 */
export function openFields(text, command) {
  const words = command.fields.find(({ kind }) => kind === 'text' || kind === 'job');
  return command.fields.filter(
    (field) => field !== words && field.kind !== 'image' && !new RegExp(`(^|\\s)${field.name}:`).test(text),
  );
}

/**
 * @param {string} before the text before the caret
 * @param {readonly Command[]} commands
 * @returns {Offers}
 */
export function complete(before, commands) {
  const slash = /^\s*\/(\S*(?: \S*){0,2})$/.exec(before);
  if (slash) {
    const typed = (slash[1] ?? '').toLowerCase();
    const found = commands.filter((one) => typable(one) && one.command.startsWith(typed) && one.command !== typed);
    if (found.length > 0) {
      const offers = found.map(({ command, summary }) => ({
        insert: `/${command} `,
        label: `/${command}`,
        detail: summary,
      }));
      return { from: 0, offers, first: !commands.some((one) => typable(one) && one.command === typed) };
    }
  }
  const command = commandOf(before, commands);
  const word = /\s(\S+)$/.exec(before)?.[1] ?? '';
  if (!command || word === '') return none;
  const from = before.length - word.length;
  const [name = '', value] = word.split(/:(.*)/s);
  if (value === undefined) {
    if (name.length < 2) return none;
    const fields = openFields(before, command).filter((field) => field.name.startsWith(name.toLowerCase()));
    const offers = fields.map((field) => ({ insert: `${field.name}:`, label: `${field.name}:`, detail: field.label }));
    return { from, offers, first: false };
  }
  const field = command.fields.find((one) => one.name === name.toLowerCase());
  const values = field?.choices ?? field?.suggest.map((one) => ({ value: one, label: '' })) ?? [];
  const offers = values
    .filter((one) => one.value.toLowerCase().startsWith(value.toLowerCase()) && one.value !== value)
    .map((one) => ({
      insert: `${name}:${/\s/.test(one.value) ? `"${one.value}"` : one.value} `,
      label: one.value,
      detail: one.label,
    }));
  // What is already one of the values is sent as it stands.
  const said = values.some((one) => one.value.toLowerCase() === value.toLowerCase());
  return { from, offers, first: value !== '' && !said };
}
