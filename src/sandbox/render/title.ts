import { createRequire } from 'node:module';
import sharp, { type OverlayOptions } from 'sharp';

const resolve = createRequire(import.meta.url).resolve;
const fonts = {
  bold: { name: 'Manrope Bold', file: resolve('@expo-google-fonts/manrope/700Bold/Manrope_700Bold.ttf') },
  medium: { name: 'Manrope Medium', file: resolve('@expo-google-fonts/manrope/500Medium/Manrope_500Medium.ttf') },
};

interface Setting {
  font: keyof typeof fonts;
  /** Height of the letters' body, in pixels. */
  px: number;
  width: number;
  colour?: string;
  opacity?: number;
  spacing?: number;
}
interface Block {
  image: Buffer;
  width: number;
  height: number;
}

const emoji = /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f)+/gu;
const markup: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * A prompt as it can be set: one line of printable characters, without emoji (no text face has them), at most `max` letters,
 * with an ellipsis if there were more.
 */
export function settable(prompt: string, max: number): string {
  const plain = prompt
    .replace(/[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const worded = plain.replace(emoji, ' ').replace(/\s+/gu, ' ').trim() || plain || '…';
  const letters = [...new Intl.Segmenter().segment(worded.slice(0, max * 16))].map(({ segment }) => segment);
  return letters.length <= max
    ? worded
    : `${letters
        .slice(0, max)
        .join('')
        .replace(/[\s.,;:]+$/u, '')}…`;
}

/** Sets text by the shipped typeface; characters that it lacks come from the system's fonts. */
async function set(text: string, { font, px, width, ...more }: Setting): Promise<Block> {
  const escaped = text.replace(/[&<>]/g, (sign) => markup[sign] as string);
  const style = [
    `foreground="${more.colour ?? '#ffffff'}"`,
    `alpha="${Math.round((more.opacity ?? 1) * 65535)}"`,
    `line_height="0.86"`,
    `letter_spacing="${Math.round((more.spacing ?? -0.015 * px) * 1024)}"`,
  ];
  const { data, info } = await sharp({
    text: {
      text: `<span ${style.join(' ')}>${escaped}</span>`,
      font: `${fonts[font].name} ${px}px`,
      fontfile: fonts[font].file,
      rgba: true,
      width,
      wrap: 'word-char',
    },
  })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { image: data, width: info.width, height: info.height };
}

/** The same text in as many lines, as even in length as they get. */
async function balanced(text: string, setting: Setting, block: Block): Promise<Block> {
  let [best, low, high] = [block, setting.width * 0.4, block.width];
  for (let tries = 0; tries < 5; tries++) {
    const width = Math.round((low + high) / 2);
    const narrower = await set(text, { ...setting, width });
    const fits = narrower.height <= block.height && narrower.width <= width;
    if (fits) best = narrower;
    [low, high] = fits ? [low, width] : [width, high];
  }
  return best;
}

/** The prompt set as large as it fits into `width` by `height`, in no more letters than that needs. */
async function fitted(prompt: string, sizes: number[], setting: Omit<Setting, 'px'>, height: number): Promise<Block> {
  const text = settable(prompt, 200);
  const longest = Math.max(...text.split(' ').map((word) => word.length));
  for (const px of sizes) {
    if (longest * px * 0.58 > setting.width) continue;
    const block = await set(text, { ...setting, px });
    if (block.height <= height) return balanced(text, { ...setting, px }, block);
  }
  const px = sizes.at(-1) as number;
  for (let max = 180; ; max = Math.floor(max * 0.8)) {
    const block = await set(settable(prompt, max), { ...setting, px });
    if (block.height <= height || max < 20) return block;
  }
}

async function shadow(block: Block, blur: number): Promise<Buffer> {
  const pad = Math.ceil(blur * 2.5);
  const clear = { r: 0, g: 0, b: 0, alpha: 0 };
  const padded = await sharp(block.image)
    .linear([0, 0, 0, 0.5], [0, 0, 0, 0])
    .extend({ top: pad, bottom: pad, left: pad, right: pad, background: clear })
    .png()
    .toBuffer();
  return sharp(padded).blur(blur).png().toBuffer();
}

export interface Titles {
  prompt: string;
  /** The small line at the bottom. */
  note: string;
  /** A caption over a picture instead of a title over colour. */
  caption: boolean;
}

/** All writing of a film as one RGBA picture of `width` by `height` pixels: the prompt, a note, and the mark "sandbox" in a corner. */
export async function titles({ prompt, note, caption }: Titles, width: number, height: number): Promise<Uint8Array> {
  const unit = Math.min(width, height) / 100;
  const margin = Math.round(unit * 7);
  const room = width - 2 * margin;
  const scale = (caption ? [7, 6, 5, 4.2] : [15, 12.5, 10.5, 9, 7.5, 6.2, 5.2]).map((size) => Math.round(size * unit));
  const maxWidth = Math.round(width > height ? room * (caption ? 0.75 : 0.82) : room);
  const title = await fitted(prompt, scale, { font: 'bold', width: maxWidth }, height * (caption ? 0.26 : 0.62));
  const small = await set(note, { font: 'medium', px: Math.round(unit * 2.7), width: room, opacity: 0.8, spacing: 0 });
  const mark = await set('SANDBOX', { font: 'bold', px: Math.round(unit * 2.3), width: room, spacing: unit * 0.3 });
  const noteTop = height - margin - small.height;
  const titleTop = caption ? noteTop - title.height - Math.round(unit * 3) : Math.round((height - title.height) * 0.48);

  const [padX, padY] = [Math.round(unit * 2), Math.round(unit * 1.4)];
  const [pillW, pillH] = [mark.width + 2 * padX, mark.height + 2 * padY];
  const pillLeft = width - margin - pillW;
  const dark = caption
    ? `<linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0.45" stop-color="#000" stop-opacity="0"/>
       <stop offset="1" stop-color="#000" stop-opacity="0.72"/></linearGradient>`
    : `<radialGradient id="g" cx="0.5" cy="0.45" r="0.8"><stop offset="0.5" stop-color="#000" stop-opacity="0"/>
       <stop offset="1" stop-color="#000" stop-opacity="0.22"/></radialGradient>`;
  const backdrop = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs>${dark}</defs>
    <rect width="100%" height="100%" fill="url(#g)"/>
    <rect x="${pillLeft}" y="${margin}" width="${pillW}" height="${pillH}" rx="${pillH / 2}" fill="#000" fill-opacity="0.38"/></svg>`;
  const blur = Math.max(1, unit * 1.1);
  const pad = Math.ceil(blur * 2.5);
  const layers: OverlayOptions[] = [
    { input: Buffer.from(backdrop), left: 0, top: 0 },
    { input: await shadow(title, blur), left: margin - pad, top: titleTop - pad + Math.round(unit * 0.4) },
    { input: title.image, left: margin, top: titleTop },
    { input: small.image, left: margin, top: noteTop },
    { input: mark.image, left: pillLeft + padX, top: margin + padY },
  ];
  const canvas = { create: { width, height, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } } };
  return sharp(canvas).composite(layers).raw().toBuffer();
}
