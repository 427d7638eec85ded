import { between, placeOf, type Shape } from './distribution.ts';

/** What a poll may cost, and how long may lie between two: milliseconds all. */
export interface Terms {
  /** The lag that one poll is worth. */
  price: number;
  least: number;
  /** The longest wait while hardly any film is done, until the age `bulk`, and after it. */
  early: number;
  bulk: number;
  most: number;
}

function longest(age: number, { early, bulk, most }: Terms): number {
  return Math.min(early, Math.max(bulk - age, 0) + most);
}

/** Beyond the part of the grid that is planned for, the wait grows with the age by this share. */
const outside = 0.05;

/**
 * For each place on the grid, the index of the age at which to poll next, so that the polls' price and the lag are least
 * on average. Dynamic programming from the end; later places never poll sooner than earlier ones, which bounds the search.
 */
export function bestPolls({ ages, done }: Shape, terms: Terms): Int32Array {
  const { price, least } = terms;
  const age = (index: number): number => ages[index] as number;
  const share = (index: number): number => done[index] as number;
  const last = ages.length - 1;
  // The area under `done`, from which the lag between two ages follows.
  const area = new Float64Array(ages.length);
  for (let index = 1; index <= last; index += 1) {
    const width = age(index) - age(index - 1);
    area[index] = (area[index - 1] as number) + (width * (share(index) + share(index - 1))) / 2;
  }
  const cost = new Float64Array(ages.length);
  const polls = new Int32Array(ages.length).fill(last);
  for (let from = last - 1; from >= 0; from -= 1) {
    const till = Math.max(from + 1, polls[from + 1] as number);
    const [start, base, by] = [age(from), area[from] as number, share(from)];
    const most = longest(start, terms);
    let [best, found] = [Number.POSITIVE_INFINITY, till];
    for (let to = from + 1; to <= till; to += 1) {
      const wait = age(to) - start;
      if (wait < least && to < till) continue;
      const all = (area[to] as number) - base - by * wait + (cost[to] as number);
      if (all < best) [best, found] = [all, to];
      if (wait > most) break;
    }
    cost[from] = best + price * (1 - by);
    polls[from] = found;
  }
  return polls;
}

/** When to poll, by the age of a film. Milliseconds. */
export interface Plan {
  /** The age of the next poll. */
  after(age: number): number;
  /** The age of the poll before one at this age, about; 0 before the first. */
  before(age: number): number;
}

/** The plan of least price and lag for a shape. */
export function planPolls(shape: Shape, terms: Terms): Plan {
  const { ages } = shape;
  const targets = Float64Array.from(bestPolls(shape, terms), (index) => ages[index] as number);
  const end = (ages[ages.length - 1] as number) / 2;
  return {
    after(age) {
      const next = age < end ? between(targets, placeOf(shape, age)) : age * (1 + outside);
      return age + Math.min(longest(age, terms), Math.max(terms.least, next - age));
    },
    before(age) {
      if (age >= end) return Math.max(age / (1 + outside), age - terms.most);
      return ages[targets.findLastIndex((target) => target <= age)] ?? 0;
    },
  };
}
