/** Which of a bot's shards a process runs: all that the chat recommends, or these of so many. */
export type Shards = 'auto' | { ids: number[]; of: number };

/** `auto`, or shards of so many, such as `0,1/4` or `0-7/16`; nothing for what is neither. */
export function readShards(text: string): Shards | undefined {
  if (text === 'auto') return text;
  const [, list = '', count = '0'] = /^([\d,-]+)\/(\d{1,5})$/.exec(text) ?? [];
  const of = Number(count);
  const ranges = list.split(',').map((entry) => {
    const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(entry) ?? [];
    return { first: first === '' ? of : Number(first), last: Number(last) };
  });
  if (ranges.some(({ first, last }) => first >= of || last >= of || last < first)) return undefined;
  const ids = ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, n) => first + n));
  return new Set(ids).size === ids.length ? { ids, of } : undefined;
}
