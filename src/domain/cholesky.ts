/**
 * Symmetric, positive definite matrices by Cholesky's way: `n` rows of `n` numbers one after another, of which only the lower triangle is
 * read. Rows are walked along, never columns, which keeps 500 rows within a few hundredths of a second.
 */

/** The sum of products of two stretches of numbers; in four sums side by side, which do not wait for each other. */
function dot(one: Float64Array, from: number, other: Float64Array, start: number, length: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    a += (one[from + k] as number) * (other[start + k] as number);
    b += (one[from + k + 1] as number) * (other[start + k + 1] as number);
    c += (one[from + k + 2] as number) * (other[start + k + 2] as number);
    d += (one[from + k + 3] as number) * (other[start + k + 3] as number);
  }
  for (; k < length; k += 1) a += (one[from + k] as number) * (other[start + k] as number);
  return a + b + (c + d);
}

/** Replaces a matrix by its lower factor. What is above the diagonal stays as it was, and is not looked at. */
export function factor(matrix: Float64Array, n: number): void {
  for (let row = 0; row < n; row += 1) {
    const a = row * n;
    for (let column = 0; column < row; column += 1) {
      const b = column * n;
      const rest = (matrix[a + column] as number) - dot(matrix, a, matrix, b, column);
      matrix[a + column] = rest / (matrix[b + column] as number);
    }
    matrix[a + row] = Math.sqrt((matrix[a + row] as number) - dot(matrix, a, matrix, a, row));
  }
}

/** The x of `matrix · x = right`, by the matrix's factor. */
export function solve(lower: Float64Array, n: number, right: Float64Array): Float64Array {
  const x = Float64Array.from(right);
  for (let row = 0; row < n; row += 1)
    x[row] = ((x[row] as number) - dot(lower, row * n, x, 0, row)) / (lower[row * n + row] as number);
  for (let row = n - 1; row >= 0; row -= 1) {
    const value = (x[row] as number) / (lower[row * n + row] as number);
    x[row] = value;
    for (let k = 0; k < row; k += 1) x[k] = (x[k] as number) - (lower[row * n + k] as number) * value;
  }
  return x;
}

/** The diagonal of the inverse, by the matrix's factor: of the factor's inverse, the sum of squares of each column. */
export function inverseDiagonal(lower: Float64Array, n: number): Float64Array {
  const diagonal = new Float64Array(n);
  const column = new Float64Array(n);
  for (let at = 0; at < n; at += 1) {
    column[at] = 1 / (lower[at * n + at] as number);
    for (let row = at + 1; row < n; row += 1)
      column[row] = -dot(lower, row * n + at, column, at, row - at) / (lower[row * n + row] as number);
    diagonal[at] = dot(column, at, column, at, n - at);
  }
  return diagonal;
}
