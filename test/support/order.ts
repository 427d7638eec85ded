import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Small files that take long: begun last, as small files are, one of them alone would be waited for. */
const long = ['test/bench.test.ts', 'test/kill.test.ts', 'test/deaths.test.ts', 'test/worker/trouble.test.ts'];

/** The usual order, with the long ones within the first third. */
export class LongOnesEarly extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => long.some((path) => moduleId.endsWith(path));
    const others = sorted.filter((file) => !isLong(file));
    const third = Math.floor(others.length / 3);
    return [...others.slice(0, third), ...sorted.filter(isLong), ...others.slice(third)];
  }
}
