import { afterAll, beforeAll } from 'vitest';
import type { Pages } from '../../../src/ports.ts';
import { servePages } from '../../support/challenge-views.ts';

type Served = Awaited<ReturnType<typeof servePages>>;

/** What is read of a page, without tags. */
export const textOf = (html: string): string => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

export const count = (html: string, what: RegExp): number => (html.match(what) ?? []).length;

/** What a chat shows of a link to a page. */
export const tagsOf = (html: string): Record<string, string | undefined> =>
  Object.fromEntries(
    [...html.matchAll(/<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">/g)].map(
      ([, name = '', content]) => [name, content],
    ),
  );

/** Pages that show what `source` says, for a suite; `serve` has them served another way. To be called where tests are declared. */
export function useServed(source: Partial<Pages>) {
  const all: Served[] = [];
  const serve = async (more: Parameters<typeof servePages>[2]): Promise<Served> => {
    const served = await servePages(source, (name) => `/nowhere/${name}`, more);
    all.push(served);
    return served;
  };
  beforeAll(() => serve({}));
  afterAll(async () => {
    await Promise.all(all.map(({ close }) => close()));
  });
  const usual = (): Served => {
    const [first] = all;
    if (!first) throw new Error('nothing is served yet');
    return first;
  };
  const get = async (path: string, init: RequestInit = {}, from = usual()) => {
    const answer = await fetch(from.url + path, { redirect: 'manual', ...init });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  return { serve, get, usual };
}
