/** What the program can be started as. */
export const roles = ['all', 'bot', 'worker', 'web', 'sandbox', 'audit', 'models', 'register', 'manifest'] as const;
export type Role = (typeof roles)[number];
/** The roles that stay: `sandbox` stands alone, `audit`, `models`, `register` and `manifest` end by themselves. */
export type Serving = Exclude<Role, 'sandbox' | 'audit' | 'models' | 'register' | 'manifest'>;
export const works = (role: Serving): boolean => role === 'all' || role === 'worker';
