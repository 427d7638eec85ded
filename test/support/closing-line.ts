import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Ends the output with `N passed, N failed`, and `, N skipped` if any was. In CI a skipped test fails the run. */
export default function closingLine(): Reporter {
  return {
    onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]) {
      const tests = modules.flatMap((module) => [...module.children.allTests()]);
      const count = (state: string) => tests.filter((one) => one.result().state === state).length;
      // A file that does not load, or an error outside of all tests, has no test to fail.
      const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
      const skipped = count('skipped');
      const line = `${count('passed')} passed, ${count('failed') + broken} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
      if (skipped > 0 && process.env.CI === 'true') process.exitCode = 1;
      process.once('exit', () => process.stdout.write(`${line}\n`));
    },
  };
}
