/**
 * One-sided 95 % upper bound of a rate by Clopper and Pearson: the rate at which so few errors would happen in 5 % of
 * all series. For 0 errors it is 1 − 0.05^(1/n), which the rule of three (3/n) approximates.
 * @param errors 0 to n
 * @returns 1 where nothing was tried or everything was an error
 */
export function upperBound95(errors: number, n: number): number {
  if (n <= 0 || errors >= n) return 1;
  let low = errors / n;
  let high = 1;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (atMost(errors, n, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** Probability of at most `errors` in `n` trials at this rate. */
function atMost(errors: number, n: number, rate: number): number {
  let sum = 0;
  let logChoose = 0;
  for (let k = 0; k <= errors; k++) {
    if (k > 0) logChoose += Math.log((n - k + 1) / k);
    sum += Math.exp(logChoose + k * Math.log(rate) + (n - k) * Math.log1p(-rate));
  }
  return sum;
}
