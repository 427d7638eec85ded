/** What the program can be started as. */
export const roles = ['all', 'bot', 'worker', 'web', 'sandbox', 'audit'] as const;
export type Role = (typeof roles)[number];
/** The roles that stay: `sandbox` stands alone, `audit` ends by itself. */
export type Serving = Exclude<Role, 'sandbox' | 'audit'>;
export const works = (role: Serving): boolean => role === 'all' || role === 'worker';
