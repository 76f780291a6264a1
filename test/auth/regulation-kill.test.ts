import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SystemClock } from '../../src/adapters/clock-system.js';
import { CodeBudget } from '../../src/auth/code-budget.js';
import { tempState } from '../fakes/temp-state.js';
import { bundle } from '../support/bundle.js';

const KILLS = 100;
const LANES = 2;

let writer: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  writer = await bundle('test/auth/regulation-writer.ts', { whole: true });
});
afterAll(() => writer.remove());

/** Runs a writer, kills it after `lines` stored counts, and gives what it said. */
async function writeAndKill(directory: string, round: number, lines: number): Promise<readonly unknown[][]> {
  const child = spawn(process.execPath, [writer.file, directory, String(round)]);
  let out = '';
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      out += chunk;
      if (out.split('["stored"').length > lines) child.kill('SIGKILL');
    });
    child.once('close', () => resolve());
  });
  expect(complaint).toBe('');
  const whole = out.slice(0, out.lastIndexOf('\n')).split('\n');
  return whole.map((line) => JSON.parse(line) as unknown[]);
}

/** What holds after so many wrong answers: 25 codes, 50 faces, 100 passwords in a row lock. */
function expectedKind(key: string, failures: number): string {
  const lockAfter = key.endsWith('otp') ? 25 : key.endsWith('face') ? 50 : 100;
  return failures >= lockAfter ? 'locked' : failures >= 5 ? 'wait' : 'open';
}

/** Kills a writer again and again over one state directory and follows what it stored. */
async function lane(first: number, state: Awaited<ReturnType<typeof tempState>>) {
  const stored = new Map<string, number>();
  const begun = new Map<string, number>();
  const sends: string[] = [];
  let inFlight = 0;
  let wrong = 0;
  let locks = 0;
  for (let round = first; round < KILLS; round += LANES) {
    for (const [word, key, value, kind] of await writeAndKill(state.directory, round * 31, 2 + ((round * 7) % 13))) {
      const name = String(key);
      if (word === 'loaded') {
        // What was stored, or what was being stored when the writer was killed.
        const possible = [stored.get(name) ?? 0, begun.get(name) ?? stored.get(name) ?? 0];
        if (!possible.includes(Number(value)) || kind !== expectedKind(name, Number(value))) wrong += 1;
        if (kind === 'locked') locks += 1;
        stored.set(name, Number(value));
        begun.delete(name);
      } else if (word === 'begin') begun.set(name, Number(value));
      else if (word === 'stored') {
        stored.set(name, Number(value));
        begun.delete(name);
      } else if (word === 'send') inFlight += 1;
      else if (word === 'taken') sends.push(name);
      else wrong += 1;
    }
  }
  return { wrong, locks, stored, sends, inFlight: inFlight - sends.length };
}

it('A4 counts, locks and sends survive 100 kill -9', async () => {
  const states = await Promise.all(Array.from({ length: LANES }, () => tempState()));
  const lanes = await Promise.all(states.map((state, first) => lane(first, state)));
  let unused = 0;
  for (const [index, { sends, inFlight }] of lanes.entries()) {
    const store = states[index]!.store();
    await store.open();
    const clock = new SystemClock();
    const onFault = (error: unknown): void => expect.unreachable(String(error));
    // A day's budget of as many messages as were granted is used up; one of all that were asked for leaves none over.
    const open = async (dailyMessages: number): Promise<CodeBudget> => {
      const budget = new CodeBudget({ store, clock, config: { dailyMessages }, onFault });
      await budget.start();
      return budget;
    };
    const used = await open(sends.length);
    if ((await used.take('p_more', true)).kind !== 'limit') unused += 1;
    expect(used.waitMs(sends.at(-1)!)).toBeGreaterThan(0);
    await used.stop();
    const more = await open(sends.length + inFlight + 1);
    expect((await more.take('p_more', true)).kind).toBe('taken');
    await more.stop();
    await store.close();
    await states[index]!.dispose();
  }
  const wrong = lanes.reduce((sum, one) => sum + one.wrong, 0);
  const locks = lanes.reduce((sum, one) => sum + one.locks, 0);
  const sends = lanes.reduce((sum, one) => sum + one.sends.length, 0);
  const highest = Math.max(...lanes.flatMap(({ stored }) => [...stored.values()]));
  console.info(
    `A4 ${wrong} counts wrong after ${KILLS} kill -9 (limit 0), highest ${highest}, ${locks} locks found again, ${unused} of ${sends} sends forgotten (limit 0)`,
  );
  expect(wrong).toBe(0);
  expect(unused).toBe(0);
  expect(locks).toBeGreaterThan(20);
  expect(sends).toBeGreaterThan(300);
}, 300_000);
