import { invalid } from './refusal.ts';

/** A request's body: its fields, and the pictures that came as files. */
export interface Body {
  fields: unknown;
  files: File[];
}

/** `name`, `name[]`, `name[0]` and `name[part]`: how forms write lists and objects. */
function place(fields: Record<string, unknown>, name: string, value: string): void {
  const parts = /^([^[\]]+)\[([^[\]]*)\]$/.exec(name);
  const [, outer = name, inner = ''] = parts ?? [];
  const known = Object.hasOwn(fields, outer) ? fields[outer] : undefined;
  if (!parts) fields[outer] = value;
  else if (/^\d*$/.test(inner)) fields[outer] = [...(Array.isArray(known) ? known : []), value];
  else fields[outer] = { ...(typeof known === 'object' ? known : {}), [inner]: value };
}

/** Reads JSON or multipart/form-data, as the content type says. Throws a refusal for what is neither. */
export async function readBody(request: Request): Promise<Body> {
  if (!request.headers.get('content-type')?.startsWith('multipart/form-data')) {
    const text = await request.text();
    try {
      return { fields: JSON.parse(text), files: [] };
    } catch {
      throw invalid('The body is not valid JSON.');
    }
  }
  const form = await request.formData().catch(() => {
    throw invalid('The body is not valid multipart/form-data.');
  });
  const fields: Record<string, unknown> = {};
  const files: File[] = [];
  for (const [name, value] of form) {
    if (typeof value === 'string') place(fields, name, value);
    else if (/^input_reference(\[\d*\])?$/.test(name)) files.push(value);
    else throw invalid(`${name}: no file is taken there.`);
  }
  return { fields, files };
}
