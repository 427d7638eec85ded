/** What a refusal of words or a film is about, as far as there are plain words for it. */
export const topics = ['violence', 'sexual', 'hate', 'self-harm', 'harassment', 'illicit'] as const;
export type Topic = (typeof topics)[number];

const isTopic = (text: string): text is Topic => topics.some((topic) => topic === text);

/** The topics that a service's own categories stand for, each once: `self_harm/intent` is `self-harm`. Those that nobody knows are left out. */
export function topicsOf(categories: readonly string[]): Topic[] {
  const heads = categories.map((category) => category.trim().toLowerCase().replaceAll('_', '-').split('/')[0] ?? '');
  return [...new Set(heads.filter(isTopic))];
}
