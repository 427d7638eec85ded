import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/chaos/**'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // More than the cores: most of a suite is waiting.
    maxWorkers: 3,
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
