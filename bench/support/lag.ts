import { z } from 'zod';

const longest = 60_000;

export const figuresSchema = z.object({
  /** Polls that began, and how many of them within a second of their due time. */
  polls: z.number(),
  inTime: z.number(),
  /** Milliseconds past their due time; null without polls. */
  p50: z.number().nullable(),
  p99: z.number().nullable(),
  longest: z.number(),
  /** Seconds of CPU, and of time. */
  cpu: z.number(),
  seconds: z.number(),
  /** Bytes of the process now, and at the most so far. */
  rss: z.number(),
  peak: z.number(),
});
export type Figures = z.infer<typeof figuresSchema>;

/** Counts how late polls begin, and what the process takes. `figures` covers the time since they were last asked for. */
export function createLag() {
  // One count a millisecond: what is measured must not grow with the measuring.
  const counts = new Uint32Array(longest + 1);
  let peak = 0;
  const look = (): number => {
    const { rss } = process.memoryUsage();
    peak = Math.max(peak, rss);
    return rss;
  };
  const looking = setInterval(look, 500);
  let [from, used] = [performance.now(), process.cpuUsage()];

  const at = (rank: number): number => {
    let passed = 0;
    return counts.findIndex((count) => {
      passed += count;
      return passed > rank;
    });
  };
  return {
    note: (late: number) => {
      const index = Math.min(longest, Math.max(0, Math.round(late)));
      counts[index] = (counts[index] ?? 0) + 1;
    },
    figures: (): Figures => {
      const polls = counts.reduce((sum, count) => sum + count, 0);
      const cpu = process.cpuUsage(used);
      const found: Figures = {
        polls,
        inTime: counts.subarray(0, 1_001).reduce((sum, count) => sum + count, 0),
        p50: polls === 0 ? null : at(polls * 0.5),
        p99: polls === 0 ? null : at(Math.floor(polls * 0.99)),
        longest: Math.max(
          0,
          counts.findLastIndex((count) => count > 0),
        ),
        cpu: (cpu.user + cpu.system) / 1e6,
        seconds: (performance.now() - from) / 1000,
        rss: look(),
        peak,
      };
      counts.fill(0);
      [from, used] = [performance.now(), process.cpuUsage()];
      return found;
    },
    close: () => clearInterval(looking),
  };
}
