/** What the program can be started as. */
export const roles = ['all', 'bot', 'worker', 'web', 'sandbox', 'audit', 'models'] as const;
export type Role = (typeof roles)[number];
/** The roles that stay: `sandbox` stands alone, `audit` and `models` end by themselves. */
export type Serving = Exclude<Role, 'sandbox' | 'audit' | 'models'>;
export const works = (role: Serving): boolean => role === 'all' || role === 'worker';
