export type * from './api.ts';
export { forkFakeDiscord } from './fork.ts';
export { startFakeDiscord } from './start.ts';
