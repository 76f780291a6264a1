import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { StateStore } from '../../src/adapters/store-lowdb.js';
import { Ledger } from '../../src/attendance/ledger.js';
import { attendanceCommand } from '../../src/cli/attendance.js';
import { dayBefore, localDay } from '../../src/domain/local-day.js';
import { makeEvent } from '../attendance/events.js';
import { tempState } from '../fakes/temp-state.js';

const HOUR = 3_600_000;
let state: Awaited<ReturnType<typeof tempState>>;
let store: StateStore;
let ledger: Ledger;
let config: string;
const now = Date.now();
const today = localDay(now, 'UTC');

async function run(...args: string[]): Promise<string> {
  let text = '';
  const output = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const common = ['--state', state.directory, '--config', config];
  await attendanceCommand(output).parseAsync([...args, ...common], { from: 'user' });
  return text;
}

beforeEach(async () => {
  state = await tempState();
  config = join(state.directory, 'vestibule.yaml');
  writeFileSync(config, 'zone: UTC\n');
  store = state.store();
  await store.open();
  const people = await store.collection<{ people: { id: string; name: string }[] }>({
    file: 'people.json',
    version: 1,
    schema: z.object({ people: z.array(z.object({ id: z.string(), name: z.string() })) }),
    initial: () => ({ people: [] }),
  });
  await people.update(() => ({ people: [{ id: 'p_000000000001', name: 'Anna \u001b[31mB' }] }));
  ledger = new Ledger({ store, zone: 'UTC' });
  await ledger.start();
  await ledger.append((seq) => makeEvent(seq, now - 72 * HOUR, { zone: 'UTC' }));
  await ledger.append((seq) => makeEvent(seq, now, { zone: 'UTC' }));
});
afterEach(async () => {
  await ledger.stop();
  await store.close();
  await state.dispose();
});

// All of this runs beside a store that holds the lock, as a daemon would.
describe('vestibule attendance', () => {
  it('today shows who is inside, without steering the terminal', async () => {
    const text = await run('today');
    expect(text).toContain(today);
    expect(text).toMatch(/Anna \\u001b\[31mB +\d\d:\d\d +- +0:00 +inside/);
    expect(text).not.toContain('\u001b');
    const answer = JSON.parse(await run('today', '--json'));
    expect(answer).toMatchObject({ day: today, people: [{ personId: 'p_000000000001', inside: true }] });
  });

  it('exports a range to standard output or a file and changes nothing in the state', async () => {
    const before = readdirSync(state.directory, { recursive: true }).sort();
    const all = await run('export', '--from', dayBefore(today, 5), '--to', today);
    expect(parse(all)).toHaveLength(3);
    expect(parse(await run('export', '--from', today, '--to', today))).toHaveLength(2);
    const json = JSON.parse(await run('export', '--from', dayBefore(today, 5), '--to', today, '--format', 'json'));
    expect(json.map((event: { seq: number }) => event.seq)).toEqual([1, 2]);
    expect(readdirSync(state.directory, { recursive: true }).sort()).toEqual(before);
    const out = join(state.directory, 'export.xlsx');
    await run('export', '--from', today, '--to', today, '--format', 'xlsx', '--out', out);
    expect(readFileSync(out).subarray(0, 2).toString()).toBe('PK');
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  it('uses the last good copy of a damaged day and leaves it where it is', async () => {
    await ledger.append((seq) => makeEvent(seq, now + 1, { zone: 'UTC', type: 'check_out' }));
    const file = join(state.directory, 'attendance', `${today}.json`);
    writeFileSync(file, '{');
    expect(parse(await run('export', '--from', today, '--to', today))).toHaveLength(2);
    expect(readFileSync(file, 'utf8')).toBe('{');
  });

  it('says what is wrong with a range', async () => {
    const bad = { code: 'input_invalid' };
    await expect(run('export', '--from', '21.11.2026', '--to', today)).rejects.toMatchObject(bad);
    await expect(run('export', '--from', '2026-11-22', '--to', '2026-11-21')).rejects.toMatchObject(bad);
    const gone = join(state.directory, 'no', 'such', 'folder.csv');
    await expect(run('export', '--from', today, '--to', today, '--out', gone)).rejects.toMatchObject(bad);
    expect(existsSync(gone)).toBe(false);
  });
});
