/** Milliseconds that an answer stands for those who ask next. */
const standsFor = 3_000;
/** How many answers are kept at the most. */
const most = 500;

/** Answers many who ask for the same within a few seconds by one look; what failed is looked for anew. */
export function createSoon<T>(now: () => number): (key: string, look: () => Promise<T>) => Promise<T> {
  const kept = new Map<string, { at: number; answer: Promise<T> }>();
  return (key, look) => {
    const known = kept.get(key);
    if (known && now() - known.at < standsFor) return known.answer;
    if (kept.size >= most) kept.clear();
    const answer = look();
    const entry = { at: now(), answer };
    kept.set(key, entry);
    answer.catch(() => {
      if (kept.get(key) === entry) kept.delete(key);
    });
    return answer;
  };
}
