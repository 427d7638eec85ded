export type * from './api.ts';
export { forkFakeSlack } from './fork.ts';
export { startFakeSlack } from './start.ts';
