/**
 * Compares passwords with nothing around it, for the ratio of a whole login to it, and prints one JSON line. Started by
 * the bench: `node login-baseline.js <memory KiB> <passes> <runs>`.
 */
import { hash, verify } from '@node-rs/argon2';
import bcrypt from 'bcryptjs';
import { median } from '../../domain/statistics.js';

/** Median wall times of one comparison. */
export interface ComparisonCost {
  readonly argon2Ms: number;
  readonly argon2Runs: number;
  readonly bcryptMs: number;
  readonly bcryptRuns: number;
}

const WARM_UP = 3;
const BCRYPT_COST = 12;
/** A third of a second each. */
const BCRYPT_RUNS = 9;
const PASSWORD = 'a password of the bench';

async function timed(runs: number, compare: () => Promise<boolean>): Promise<number> {
  const ms: number[] = [];
  for (let i = 0; i < WARM_UP + runs; i++) {
    const before = performance.now();
    if (!(await compare())) throw new Error('The right password was refused');
    if (i >= WARM_UP) ms.push(performance.now() - before);
  }
  return median(ms);
}

const [memoryCost, timeCost, runs] = process.argv.slice(2).map(Number) as [number, number, number];
// 2: argon2id in the numbering of the library.
const argon2 = await hash(PASSWORD, { algorithm: 2, memoryCost, timeCost, parallelism: 1 });
const blowfish = await bcrypt.hash(PASSWORD, BCRYPT_COST);
const bcryptRuns = Math.min(BCRYPT_RUNS, runs);
const cost: ComparisonCost = {
  argon2Ms: await timed(runs, () => verify(argon2, PASSWORD)),
  argon2Runs: runs,
  bcryptMs: await timed(bcryptRuns, () => bcrypt.compare(PASSWORD, blowfish)),
  bcryptRuns,
};
process.stdout.write(`${JSON.stringify(cost)}\n`);
