import { spawn } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TakenSteps } from '../../src/auth/taken-steps.js';
import { builtSource } from '../fakes/built-source.js';
import { tempState } from '../fakes/temp-state.js';

const KILLS = 20;

/** Several people take one step after the other; says which were granted. */
const WRITER = `import { writeSync } from 'node:fs';
import { SystemClock } from './adapters/clock-system.js';
import { CryptoRandom } from './adapters/random-crypto.js';
import { StateStore } from './adapters/store-lowdb.js';
import { TakenSteps } from './auth/taken-steps.js';
const [directory, first] = process.argv.slice(2);
const store = new StateStore({ directory, clock: new SystemClock(), random: new CryptoRandom() });
await store.open();
const steps = new TakenSteps({ store });
await steps.start();
const lane = async (id) => {
  for (let step = Number(first); ; step++)
    if (await steps.take(id, step)) writeSync(1, id + ' ' + step + '\\n');
};
await Promise.all(['p_1', 'p_2', 'p_3'].map(lane));
`;

let state: Awaited<ReturnType<typeof tempState>>;
let built: string;
beforeEach(async () => {
  state = await tempState();
  built = builtSource();
  writeFileSync(join(built, 'steps-writer.mjs'), WRITER);
});
afterEach(async () => {
  rmSync(built, { recursive: true, force: true });
  await state.dispose();
});

/** Runs a writer, kills it after `lines` granted steps, and gives the whole lines that it said. */
async function writeAndKill(first: number, lines: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [join(built, 'steps-writer.mjs'), state.directory, String(first)]);
  let out = '';
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      out += chunk;
      if (out.split('\n').length > lines) child.kill('SIGKILL');
    });
    child.once('close', () => resolve());
  });
  expect(complaint).toBe('');
  return out.slice(0, out.lastIndexOf('\n')).split('\n');
}

it(`A7 no code that was taken is taken again after kill -9`, async () => {
  const granted = new Set<string>();
  let twice = 0;
  let newest = 0;
  for (let round = 0; round < KILLS; round++) {
    // Begins before the steps that were taken: what passed must not pass again.
    for (const line of await writeAndKill(Math.max(0, newest - 10), 4 + ((round * 7) % 13))) {
      if (granted.has(line)) twice += 1;
      granted.add(line);
      newest = Math.max(newest, Number(line.split(' ')[1]));
    }
  }
  const store = state.store();
  await store.open();
  const steps = new TakenSteps({ store });
  await steps.start();
  for (const line of granted) {
    const [id, step] = line.split(' ');
    if (await steps.take(id!, Number(step))) twice += 1;
  }
  console.info(`A7 ${twice} of ${granted.size} codes taken twice over ${KILLS} kill -9 (limit 0)`);
  expect(twice).toBe(0);
  expect(granted.size).toBeGreaterThan(KILLS * 4);
  expect(store.alarms().filter(({ kind }) => kind !== 'temp_file_removed')).toEqual([]);
  expect(readdirSync(state.directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  await steps.stop();
  await store.close();
}, 120_000);
