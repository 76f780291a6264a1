import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Decisions } from '../../src/auth/decisions.js';
import { builtSource } from '../fakes/built-source.js';
import { tempState } from '../fakes/temp-state.js';

const WRITER = `import { writeSync } from 'node:fs';
import { SystemClock } from './adapters/clock-system.js';
import { CryptoRandom } from './adapters/random-crypto.js';
import { StateStore } from './adapters/store-lowdb.js';
import { Decisions } from './auth/decisions.js';
const [directory, round] = process.argv.slice(2);
const clock = new SystemClock();
const store = new StateStore({ directory, clock, random: new CryptoRandom() });
await store.open();
const decisions = new Decisions({ store, clock, zone: 'UTC' });
for (let i = 0; ; i++) {
  const id = round + '-' + i;
  await decisions.add({ id, purpose: 'attend', outcome: 'denied', reason: 'no_match', factors: [], at: 1 });
  writeSync(1, id + '\\n');
}
`;

let state: Awaited<ReturnType<typeof tempState>>;
let built: string;
beforeEach(async () => {
  state = await tempState();
  built = builtSource();
  writeFileSync(join(built, 'decisions-writer.mjs'), WRITER);
});
afterEach(async () => {
  rmSync(built, { recursive: true, force: true });
  await state.dispose();
});

/** Runs a writer, kills it after `lines` answers, and gives the ids that it answered. */
async function writeAndKill(round: number, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(built, 'decisions-writer.mjs'), state.directory, String(round)]);
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

it('a journal loses no decision that was answered, however often the daemon is killed', async () => {
  const answered: string[] = [];
  for (let round = 0; round < 8; round++) answered.push(...(await writeAndKill(round, 3 + ((round * 7) % 17))));
  const store = state.store();
  await store.open();
  const faults: string[] = [];
  const decisions = new Decisions({
    store,
    clock: state.clock,
    zone: 'UTC',
    onFault: (message) => faults.push(message),
  });
  const kept: string[] = [];
  for (const day of await decisions.days()) kept.push(...(await decisions.list(day)).map(({ id }) => id));
  await store.close();
  expect(answered.length).toBeGreaterThan(40);
  expect(kept.filter((id) => answered.includes(id))).toEqual(answered);
  expect(new Set(kept).size).toBe(kept.length);
  // A kill cannot tear a line that one write call appends.
  expect(faults).toEqual([]);
});
