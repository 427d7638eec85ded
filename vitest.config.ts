import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/chaos/**'],
    // A machine that is busy with something else makes no test fail for that alone.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // More than the cores: most of a suite is waiting.
    maxWorkers: 3,
    // Files of one worker share the modules they import, which is a quarter of the work; no test mocks a module.
    isolate: false,
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
