import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { builtSource } from '../fakes/built-source.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { tempState } from '../fakes/temp-state.js';
import { BEN, startDesk } from './correcting.js';
import { collect } from './events.js';

const ROUNDS = 12;
/** Asks and approves corrections on five past days, as fast as the disk allows, and says what was answered. */
const WRITER = `import { writeSync } from 'node:fs';
import { StateStore } from './adapters/store-lowdb.js';
import { SystemClock } from './adapters/clock-system.js';
import { CryptoRandom } from './adapters/random-crypto.js';
import { Corrections } from './attendance/corrections.js';
import { Ledger } from './attendance/ledger.js';
const [directory] = process.argv.slice(2);
const random = new CryptoRandom();
const clock = new SystemClock();
const store = new StateStore({ directory, clock, random });
await store.open();
const onFault = (m) => process.stderr.write(m);
const ledger = new Ledger({ store, zone: 'Europe/Berlin', onFault });
await ledger.start();
const config = { site: { id: 's' }, kiosk: { id: 'k' }, zone: 'Europe/Berlin' };
const corrections = new Corrections({ store, ledger, clock, random, config, onFault });
await corrections.start();
let last;
for (let i = 0; ; i++) {
  const at = new Date(clock.now() - (1 + (i % 5)) * 86400000).toISOString();
  const asked = await corrections.request('p_1', { direction: 'check_in', at, reason: 'r', eventId: last });
  writeSync(1, 'asked ' + asked.id + '\\n');
  const { events } = await corrections.approve(asked.id, 'p_2');
  writeSync(1, 'approved ' + asked.id + '\\n');
  last = events.at(-1).id;
}
`;

let state: Awaited<ReturnType<typeof tempState>>;
let built: string;
beforeEach(async () => {
  state = await tempState();
  built = builtSource();
  writeFileSync(join(built, 'corrections-writer.mjs'), WRITER);
});
afterEach(async () => {
  rmSync(built, { recursive: true, force: true });
  await state.dispose();
});

/** Runs the writer and kills it after `lines` answers and a moment. */
async function writeAndKill(lines: number, delayMs: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(built, 'corrections-writer.mjs'), state.directory]);
  let out = '';
  let complaint = '';
  let isKilled = false;
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      out += chunk;
      if (isKilled || out.split('\n').length < lines) return;
      isKilled = true;
      setTimeout(() => child.kill('SIGKILL'), delayMs);
    });
    child.once('close', () => resolve());
  });
  expect(complaint).toBe('');
  return out.slice(0, out.lastIndexOf('\n')).split('\n');
}

it(`after ${ROUNDS} kills in the middle of approvals every answered one has its events once, and no other has any`, async () => {
  const asked = new Set<string>();
  const approved = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const line of await writeAndKill(4 + (round % 5), (round * 3) % 11)) {
      const [what, id] = line.split(' ');
      (what === 'asked' ? asked : approved).add(id!);
    }
  }
  const store = state.store();
  await store.open();
  const { ledger, corrections, faults, stop } = await startDesk({
    store,
    clock: state.clock,
    random: new FakeRandom(9),
  });
  const events = await collect(ledger.range(1, 1e9));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1));
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  const records = corrections.list();
  for (const id of asked) expect(records.some((one) => one.id === id)).toBe(true);
  for (const record of records) {
    const made = events.filter(({ decisionId }) => decisionId === record.id).map(({ id }) => id);
    expect(made).toEqual(record.state === 'approved' ? record.events!.map(({ id }) => id) : []);
    if (approved.has(record.id)) expect(record.state).toBe('approved');
    if (record.state === 'open') await corrections.approve(record.id, BEN);
  }
  expect(approved.size).toBeGreaterThan(ROUNDS);
  expect(faults).toEqual([]);
  await stop();
  await store.close();
}, 120_000);
