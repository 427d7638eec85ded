/** The words of a prompt as part of a file's name: letters and digits, with dashes between; empty where nothing of it can be written so. */
export function slug(prompt: string): string {
  return prompt
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
}

/** What the file of a film is called that is shown without its maker: by the number in its caption, and nothing else. */
export const exhibitName = (caption: string): string => `${['film', ...(/\d{1,9}/.exec(caption) ?? [])].join('-')}.mp4`;

/** Bytes as members read them. */
export const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;

/** Whether a text is an address alone, with nothing in it that a chat would read as something else. */
export const isAddress = (text: string): boolean => /^https?:\/\/[\w.~:/?=&%-]+$/.test(text);
