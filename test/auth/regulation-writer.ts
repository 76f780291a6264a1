/** Counts wrong answers and sends until it is killed; says each time what it begins and what was stored. */
import { writeSync } from 'node:fs';
import { SystemClock } from '../../src/adapters/clock-system.js';
import { CryptoRandom } from '../../src/adapters/random-crypto.js';
import { StateStore } from '../../src/adapters/store-lowdb.js';
import { CodeBudget } from '../../src/auth/code-budget.js';
import { Regulation } from '../../src/auth/regulation.js';
import type { FactorKind } from '../../src/domain/factor.js';

const [directory = '', round = ''] = process.argv.slice(2);
const clock = new SystemClock();
const store = new StateStore({ directory, clock, random: new CryptoRandom() });
const say = (words: readonly unknown[]): void => void writeSync(1, `${JSON.stringify(words)}\n`);
const onFault = (error: unknown): void => void writeSync(2, String(error));
await store.open();
const config = { freeTries: 5, firstDelaySeconds: 30, longestDelaySeconds: 900, lockAfter: 100, lockAfterFace: 50 };
const regulation = new Regulation({ store, clock, config, onFault });
await regulation.start();
const budget = new CodeBudget({ store, clock, config: { dailyMessages: 10_000 }, onFault });
await budget.start();

const subjects = ['p_1', 'p_2', 'n_ab'];
const factors: readonly FactorKind[] = ['password', 'otp', 'face'];
const failuresOf = (subject: string, factor: FactorKind): number =>
  regulation.locksOf(subject).find((lock) => lock.factor === factor)?.failures ?? 0;
for (const subject of subjects)
  for (const factor of factors)
    say(['loaded', `${subject} ${factor}`, failuresOf(subject, factor), regulation.judge(subject, factor).kind]);

for (let i = 0; ; i++) {
  const turn = Number(round) + i;
  const [subject, factor] = [subjects[turn % 3]!, factors[Math.floor(turn / 3) % 3]!];
  const passes = turn % 97 === 96;
  say(['begin', `${subject} ${factor}`, passes ? 0 : failuresOf(subject, factor) + 1]);
  if (passes) await regulation.passed(subject, factor);
  else await regulation.failed(subject, factor);
  say(['stored', `${subject} ${factor}`, failuresOf(subject, factor)]);
  const personId = `p_${round}_${i}`;
  say(['send', personId]);
  const { kind } = await budget.take(personId, true);
  say([kind, personId]);
}
