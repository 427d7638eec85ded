import type { Row, User, World } from './world.ts';

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (text: string) => text.replace(/[&<>]/g, (one) => entities[one] ?? one);

/**
 * What becomes of a text that a member types: names become mentions, links links, and the rest is escaped. Commands get names along
 * with the ids. `bots` are what `@bot` stands for.
 */
export function typed(world: World, user: User, text: string, { labels = false, bot = '' } = {}): string {
  const label = (name: string) => (labels ? `|${name}` : '');
  const mention = (sign: string, name: string): string | undefined => {
    if (sign === '@') {
      if (name === 'bot' && bot !== '') return `<@${bot}>`;
      if (['channel', 'here', 'everyone'].includes(name)) return `<!${name}>`;
      const person = [...world.users.values()].find((one) => one.name === name && one.team === user.team);
      if (person) return `<@${person.id}${label(person.name)}>`;
      const group = [...world.groups.values()].find((one) => one.handle === name && one.team === user.team);
      return group && `<!subteam^${group.id}${label(`@${name}`)}>`;
    }
    const channel = [...world.channels.values()].find((one) => one.name === name && one.team === user.team);
    return channel && `<#${channel.id}|${channel.name}>`;
  };
  const pattern = /(?<![\w@#])([@#])([\w.-]*\w)|https?:\/\/[^\s<>]+/g;
  let end = 0;
  let out = '';
  for (const found of text.matchAll(pattern)) {
    const [whole, sign, name] = found;
    const replaced = sign && name ? mention(sign, name) : `<${escaped(whole)}>`;
    if (replaced === undefined) continue;
    out += escaped(text.slice(end, found.index)) + replaced;
    end = found.index + whole.length;
  }
  return out + escaped(text.slice(end));
}

const unescaped = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** The rich_text block that a client sends along with a text. */
export function richText(text: string): Row {
  const elements = text.split(/(<[^>]+>)/).flatMap((part): Row[] => {
    if (part === '') return [];
    const [, sign, id] = /^<(@|!subteam\^|!|#)([^|>]+)/.exec(part) ?? [];
    if (sign === '@') return [{ type: 'user', user_id: id }];
    if (sign === '!subteam^') return [{ type: 'usergroup', usergroup_id: id }];
    if (sign === '!') return [{ type: 'broadcast', range: id }];
    if (sign === '#') return [{ type: 'channel', channel_id: id }];
    if (part.startsWith('<')) return [{ type: 'link', url: unescaped(part.slice(1, -1)) }];
    return [{ type: 'text', text: unescaped(part) }];
  });
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
}
