const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The least double above a number. With it, `x > 5` is `x >= nextUp(5)`, and every range is closed. */
export function nextUp(value: number): number {
  if (value === Number.POSITIVE_INFINITY) return value;
  if (value === 0) return Number.MIN_VALUE;
  double[0] = value;
  bits[0] = (bits[0] ?? 0n) + (value > 0 ? 1n : -1n);
  return double[0];
}

/** The greatest double below a number. */
export function nextDown(value: number): number {
  return 0 - nextUp(0 - value);
}
