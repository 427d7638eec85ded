import { scriptsIn } from '../scripts.ts';

/** Runs one of the scripts of what all workers share of the gateway. */
export const run = scriptsIn(new URL('./lua/', import.meta.url), ['enter', 'poll_at', 'slow', 'pause', 'resume']);
