import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that start programs and make films, the longest first: each has the processors of a machine to itself for a while. */
const heavy = [
  'test/program.test.ts',
  'test/bench.test.ts',
  'test/platforms/discord/show.test.ts',
  'test/journey.test.ts',
  'test/worker/trouble.test.ts',
  'test/gateway/flow.test.ts',
  'test/challenge/season-slack.test.ts',
  'test/challenge/season-discord.test.ts',
  'test/challenge/season-web.test.ts',
  'test/platforms/slack/program.test.ts',
  'test/kill.test.ts',
  'test/deaths.test.ts',
  'test/platforms/slack/show.test.ts',
  'test/gateway/program.test.ts',
  'test/main/models.test.ts',
];

/** The usual order, with the heavy ones among the others at equal distances: side by side they would wait for each other, and at the end be waited for. */
export class HeavyOnesApart extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const placeOf = ({ moduleId }: TestSpecification): number => heavy.findIndex((path) => moduleId.endsWith(path));
    const others = sorted.filter((file) => placeOf(file) < 0);
    const apart = sorted.filter((file) => placeOf(file) >= 0).sort((one, other) => placeOf(one) - placeOf(other));
    const distance = Math.ceil(others.length / Math.max(1, apart.length));
    const mixed = apart.flatMap((file, index) => [file, ...others.slice(index * distance, (index + 1) * distance)]);
    return [...mixed, ...others.slice(apart.length * distance)];
  }
}
