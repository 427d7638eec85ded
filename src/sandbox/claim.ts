import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Another live sandbox keeps its tasks in the folder: two would each lose sight of the other's. */
export class SandboxTaken extends Error {
  override readonly name = 'SandboxTaken';
}

const noteSchema = z.object({ url: z.string(), id: z.string() });
/** Milliseconds that a sandbox on this machine has to say that it lives. */
const answerWithin = 1_000;

/** A note that cannot be read is nobody's. */
function readNote(text: string): { url: string; id: string } | undefined {
  try {
    return noteSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

async function livesAt(note: { url: string; id: string }): Promise<boolean> {
  try {
    const answer = await fetch(new URL('/sandbox/id', note.url), { signal: AbortSignal.timeout(answerWithin) });
    return (await answer.text()) === note.id;
  } catch (error) {
    // Nobody there, or somebody else who took the port since: the note is an old one.
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) return false;
    throw error;
  }
}

/**
 * One sandbox a folder. `check` throws {@link SandboxTaken} when a live one has it; `note` writes down where this one is to be
 * found, under the `id` that it tells at `/sandbox/id`.
 */
export function claimOf(dir: string) {
  const file = join(dir, 'address.json');
  const id = randomUUID();
  return {
    id,
    check: async (): Promise<void> => {
      if (!existsSync(file)) return;
      const note = readNote(readFileSync(file, 'utf8'));
      if (note && (await livesAt(note)))
        throw new SandboxTaken(`another sandbox (${note.url}) keeps its films in ${dir}`);
    },
    note: (url: string): void => {
      writeFileSync(`${file}.new`, JSON.stringify({ url, id }));
      renameSync(`${file}.new`, file);
    },
  };
}
