const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
/** Accents and vowel points. The voicing marks of kana are none: with and without them are two letters. */
const accents = /(?![\u3099\u309a])(?=\p{M})[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Arabic}]/gu;

/** A text as people see it: no characters without a shape, and one form of those that have several. */
function plainText(text: string): string {
  return text.replace(unseen, '').normalize('NFKC').replace(unseen, '');
}

/** Without its accents. */
function bareText(plain: string): string {
  return plain.normalize('NFD').replace(accents, '').normalize('NFC');
}

/** A text as it is seen, with its accents and, where it has any, without. */
export function readings(text: string): string[] {
  const plain = plainText(text);
  return [...new Set([plain, bareText(plain)])];
}

/** What is left to compare words by: no accents, no case, one blank for any white space. */
export function fold(text: string): string {
  const lower = bareText(plainText(text)).toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  return bareText(lower).replace(/\s+/gu, ' ').trim();
}

/** Of a word; the scripts that write no blanks between words have none that hold together. */
const joined =
  /(?![\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}])[\p{L}\p{N}\p{M}]/u;

/** A folded text, and for each place in it whether a word may begin or end there. */
export interface Folded {
  text: string;
  edges: Uint8Array;
}

export function folded(text: string): Folded {
  const whole = fold(text);
  const edges = new Uint8Array(whole.length + 1);
  let at = 0;
  let before = false;
  for (const letter of whole) {
    const now = joined.test(letter);
    edges[at] = before && now ? 0 : 1;
    before = now;
    at += letter.length;
  }
  edges[at] = 1;
  return { text: whole, edges };
}

/** Whether folded words stand in a text, as whole words. */
export function holds({ text, edges }: Folded, words: string): boolean {
  if (words === '') return false;
  for (let at = text.indexOf(words); at !== -1; at = text.indexOf(words, at + 1)) {
    if (edges[at] === 1 && edges[at + words.length] === 1) return true;
  }
  return false;
}
