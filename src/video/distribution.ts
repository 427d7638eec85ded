/**
 * How long films of one kind take, as what share of them is done by which age. Ages are milliseconds since the submit:
 * 0 first, then a grid of equal steps in log time.
 */
export interface Shape {
  ages: Float64Array;
  done: Float64Array;
  /** The geometric mean, in milliseconds: the scale on which this kind is waited for. */
  middle: number;
}

/** As many measured times that the prior is no longer needed. */
const enough = 20;
const priorSigma = 0.6;
/** The share that may take any time at all, by a density falling as a power of time on both sides: outliers are looked for. */
const stray = 0.02;
const strayScale = 0.5;
const bandwidths = [0.02, 0.03, 0.045, 0.07, 0.1, 0.15, 0.22, 0.33];
/** A handful of times says nothing about its own bandwidth. */
const tooFew = { count: 5, bandwidth: 0.22 };
/** Log time from one cell to the next, and the most cells there may be. */
const finest = 0.008;
const mostCells = 1_200;
/** Log time that the grid reaches beyond what was measured, below and above. */
const margin = { below: 1.4, above: 2.8 };

/** The normal distribution's share below `z`, to seven digits (Abramowitz and Stegun 26.2.17). */
export function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const sum = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const above = (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
  return z > 0 ? 1 - above : above;
}

const strayShare = (z: number): number => (z < 0 ? Math.exp(z / strayScale) / 2 : 1 - Math.exp(-z / strayScale) / 2);
const strayDensity = (z: number): number => Math.exp(-Math.abs(z) / strayScale) / (2 * strayScale);
const at = (values: ArrayLike<number>, index: number): number => values[index] as number;

interface Grid {
  from: number;
  step: number;
  cells: number;
}

function gridOver(logs: readonly number[], prior: number, middle: number): Grid {
  const wide = 2 * priorSigma;
  const reach = logs.length < enough ? [...logs, prior - wide, prior + wide] : [...logs, middle];
  const from = Math.min(...reach) - margin.below;
  const range = Math.max(...reach) + margin.above - from;
  const step = Math.max(finest, range / mostCells);
  return { from, step, cells: Math.ceil(range / step) };
}

/** The kernel's density by the distance in cells, as far as it counts. */
function kernel(bandwidth: number, step: number): Float64Array {
  const reach = Math.ceil((4.5 * bandwidth) / step);
  const scale = 1 / (bandwidth * Math.sqrt(2 * Math.PI));
  return Float64Array.from(
    { length: reach + 1 },
    (_, cells) => scale * Math.exp(-((cells * step) ** 2) / (2 * bandwidth ** 2)),
  );
}

/** How well the other times foretell each one, as a sum of log densities. `cells` ascend. */
function foretells(density: Float64Array, cells: Int32Array, strays: Float64Array): number {
  const near = new Float64Array(cells.length);
  for (let one = 0; one < cells.length; one += 1) {
    for (let other = one + 1; other < cells.length; other += 1) {
      const apart = at(cells, other) - at(cells, one);
      if (apart >= density.length) break;
      near[one] = at(near, one) + at(density, apart);
      near[other] = at(near, other) + at(density, apart);
    }
  }
  const share = (1 - stray) / (cells.length - 1);
  return near.reduce((sum, dense, index) => sum + Math.log(share * dense + stray * at(strays, index)), 0);
}

/** The kernel whose bandwidth foretells each time best from the others: it follows two humps as well as one. */
function fittest(cells: Int32Array, middle: number, { from, step }: Grid): Float64Array {
  if (cells.length < tooFew.count) return kernel(tooFew.bandwidth, step);
  const strays = Float64Array.from(cells, (cell) => strayDensity(from + cell * step - middle));
  const tried = bandwidths.map((bandwidth) => kernel(bandwidth, step));
  const scores = tried.map((density) => foretells(density, cells, strays));
  return tried[scores.indexOf(Math.max(...scores))] as Float64Array;
}

/** The measured times smoothed: the share of them in each cell. */
function smoothed(logs: readonly number[], middle: number, grid: Grid): Float64Array {
  const { from, step, cells } = grid;
  const shares = new Float64Array(cells);
  if (logs.length === 0) return shares;
  const places = Int32Array.from(logs, (log) => Math.round((log - from) / step)).sort();
  const density = fittest(places, middle, grid);
  const weight = step / logs.length;
  for (const place of places) {
    const reach = density.length - 1;
    for (let cell = Math.max(0, place - reach); cell <= Math.min(cells - 1, place + reach); cell += 1) {
      shares[cell] = at(shares, cell) + weight * at(density, Math.abs(cell - place));
    }
  }
  return shares;
}

/**
 * The shape of measured times (milliseconds). Until twenty are known, what is missing is a wide log-normal around `usual`
 * (milliseconds); a small share may take any time, so that no age is ruled out.
 */
export function shapeOf(times: readonly number[], usual: number): Shape {
  const logs = times.map((ms) => Math.log(Math.max(1, ms)));
  const prior = Math.log(usual);
  const known = Math.min(1, Math.sqrt(logs.length / enough));
  const mean = logs.reduce((sum, log) => sum + log, 0) / Math.max(1, logs.length);
  const middle = known * mean + (1 - known) * prior;
  const grid = gridOver(logs, prior, middle);
  const measured = smoothed(logs, middle, grid);
  const ages = new Float64Array(grid.cells + 1);
  const done = new Float64Array(grid.cells + 1);
  let sum = 0;
  for (let cell = 0; cell < grid.cells; cell += 1) {
    // A cell's share lies around its middle and is done by its upper end.
    const end = grid.from + (cell + 0.5) * grid.step;
    sum += at(measured, cell);
    const guess = known < 1 ? (1 - known) * normalShare((end - prior) / priorSigma) : 0;
    ages[cell + 1] = Math.exp(end);
    done[cell + 1] = Math.min(1, (1 - stray) * (known * sum + guess) + stray * strayShare(end - middle));
  }
  return { ages, done, middle: Math.exp(middle) };
}

/** How far an age lies on the grid, in cells and parts of a cell. */
export function placeOf({ ages }: Shape, age: number): number {
  const first = at(ages, 1);
  if (age <= first) return Math.max(0, age / first);
  const place = 1 + Math.log(age / first) / Math.log(at(ages, 2) / first);
  return Math.min(ages.length - 1, place);
}

/** A value between the two that lie around a place. */
export function between(values: ArrayLike<number>, place: number): number {
  const below = Math.floor(place);
  const value = at(values, below);
  return place === below ? value : value + (place - below) * (at(values, below + 1) - value);
}

/** The age in milliseconds by which `share` of those that are not done at `age` are done; at most the end of the grid. */
export function doneOf(shape: Shape, share: number, age = 0): number {
  const { ages, done } = shape;
  const now = between(done, placeOf(shape, age));
  const wanted = now + share * (1 - now);
  const index = done.findIndex((value) => value >= wanted);
  if (index < 1) return at(ages, index < 0 ? ages.length - 1 : 0);
  const part = (wanted - at(done, index - 1)) / (at(done, index) - at(done, index - 1));
  return Math.max(age, at(ages, index - 1) + part * (at(ages, index) - at(ages, index - 1)));
}

/** How far a gateway's progress may be trusted: the spread in log time around what it foretells, and the share of the time that it says nothing. */
const hint = { sigma: 0.25, idle: 0.1 };

/** The shape of those films of it that take about `total` milliseconds, as a gateway's progress foretells. */
export function sharpened({ ages, done, middle }: Shape, total: number): Shape {
  const sums = new Float64Array(done.length);
  for (let index = 1; index < done.length; index += 1) {
    const off = Math.log(at(ages, index) / total) / hint.sigma;
    const likely = hint.idle + Math.exp((-off * off) / 2);
    sums[index] = at(sums, index - 1) + likely * (at(done, index) - at(done, index - 1));
  }
  const all = at(sums, sums.length - 1) + hint.idle * (1 - at(done, done.length - 1));
  return { ages, done: sums.map((sum) => sum / all), middle };
}
