import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Ends the output with `N passed, N failed`, and `, N skipped` if any was. In CI a skipped test fails the run. */
export default function closingLine(): Reporter {
  return {
    onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]) {
      const tests = modules.flatMap((module) => [...module.children.allTests()]);
      const count = (state: string) => tests.filter((one) => one.result().state === state).length;
      // A file that does not load, a hook that throws and an error outside of all tests have no test to fail.
      const groups = modules.flatMap((module) => [module, ...module.children.allSuites()]);
      const broken = groups.filter((group) => group.errors().length > 0).length + errors.length;
      const skipped = count('skipped');
      const line = `${count('passed')} passed, ${count('failed') + broken} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
      if (skipped > 0 && process.env.CI === 'true') process.exitCode = 1;
      process.once('exit', () => process.stdout.write(`${line}\n`));
    },
  };
}
