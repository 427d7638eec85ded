/** At most so many characters, with an ellipsis where more was there; never half a character. */
export function shortened(text: string, max: number): string {
  const letters = [...text];
  return letters.length <= max ? text : `${letters.slice(0, max - 1).join('')}…`;
}
