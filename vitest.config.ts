import { defineConfig } from 'vitest/config';
import { HeavyOnesApart } from './test/support/order.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/chaos/**'],
    globalSetup: ['./test/support/compiled.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // More than the cores: most of a suite is waiting.
    maxWorkers: 3,
    // Files of one worker share the modules they import, which is a quarter of the work; no test mocks a module.
    isolate: false,
    sequence: { sequencer: HeavyOnesApart },
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
