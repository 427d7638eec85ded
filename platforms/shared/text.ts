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

/** Bytes as members read them. */
export const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;
