import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StateStore } from '../../src/adapters/store-lowdb.js';
import { csvOfDay } from '../../src/attendance/csv.js';
import { Ledger } from '../../src/attendance/ledger.js';
import { builtSource } from '../fakes/built-source.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { tempState } from '../fakes/temp-state.js';
import { BERLIN, collect, makeEvent } from './events.js';

const WRITER = `import { writeSync } from 'node:fs';
import { StateStore } from './adapters/store-lowdb.js';
import { SystemClock } from './adapters/clock-system.js';
import { CryptoRandom } from './adapters/random-crypto.js';
import { localTimestamp } from './domain/local-day.js';
import { Ledger } from './attendance/ledger.js';
const [directory, zone] = process.argv.slice(2);
const random = new CryptoRandom();
const store = new StateStore({ directory, clock: new SystemClock(), random });
await store.open();
const ledger = new Ledger({ store, zone, onFault: (m) => process.stderr.write(m) });
await ledger.start();
for (;;) {
  // Three hours from one to the next: a new day file every eighth event.
  const event = await ledger.append((seq) => ({ id: random.uuid7(), seq, type: 'check_in', site: 's', kiosk: 'k',
    person: { id: 'p_1' }, at: localTimestamp(Date.UTC(2026, 0, 1) + seq * 10800000, zone), zone,
    clock: { sync: 'ntp', boot: 'b', monoMs: seq }, decisionId: 'd', factors: [] }));
  writeSync(1, event.seq + ' ' + event.id + '\\n');
}
`;

let state: Awaited<ReturnType<typeof tempState>>;
let built: string;
beforeEach(async () => {
  state = await tempState();
  built = builtSource();
  writeFileSync(join(built, 'ledger-writer.mjs'), WRITER);
});
afterEach(async () => {
  rmSync(built, { recursive: true, force: true });
  await state.dispose();
});

describe('kill -9 while events are stored', () => {
  it('loses none that was answered, leaves no gap, and every CSV equals its day file', async () => {
    const answered = new Map<number, string>();
    for (let round = 0; round < 15; round++) {
      const child = spawn(process.execPath, [join(built, 'ledger-writer.mjs'), state.directory, BERLIN]);
      let out = '';
      let complaint = '';
      child.stderr.on('data', (chunk) => {
        complaint += chunk;
      });
      const stopAfter = 3 + ((round * 7) % 17);
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk) => {
          out += chunk;
          if (out.split('\n').length > stopAfter) child.kill('SIGKILL');
        });
        child.once('close', () => resolve());
      });
      expect(complaint).toBe('');
      for (const line of out.slice(0, out.lastIndexOf('\n')).split('\n')) {
        const [seq, id] = line.split(' ');
        answered.set(Number(seq), id!);
      }
    }
    const store = state.store();
    await store.open();
    const faults: string[] = [];
    const ledger = new Ledger({ store, zone: BERLIN, onFault: (message) => faults.push(message) });
    await ledger.start();
    const events = await collect(ledger.range(1, 1e9));
    expect(events.map((event) => event.seq)).toEqual(Array.from({ length: events.length }, (_, n) => n + 1));
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
    expect(answered.size).toBeGreaterThan(50);
    for (const [seq, id] of answered) expect(events[seq - 1]?.id).toBe(id);
    const days = ledger.days();
    for (const day of days) {
      const file = join(state.directory, 'attendance', `${day}.csv`);
      const stored = await ledger.day(day);
      if (stored.length > 0) expect(readFileSync(file, 'utf8')).toBe(csvOfDay(stored, () => undefined));
      // The last day may have been begun by an event that was never stored: it has no CSV yet.
      else expect([day, existsSync(file)]).toEqual([days.at(-1), false]);
    }
    expect(faults).toEqual([]);
    await ledger.stop();
    await store.close();
  }, 120_000);
});

describe('a full disk while events are stored', () => {
  it('refuses the punch with storage_full, gives its number to the next one, and mends the CSV', async (context) => {
    const directory = mkdtempSync(join(tmpdir(), 'vestibule-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', directory], { stdio: 'pipe' });
    } catch {
      rmSync(directory, { recursive: true });
      return context.skip('mounting a tmpfs needs root');
    }
    try {
      const store = new StateStore({ directory, clock: new FakeClock(), random: new FakeRandom(7) });
      await store.open();
      const ledger = new Ledger({ store, zone: BERLIN });
      await ledger.start();
      const begin = Date.parse('2026-11-21T08:00:00+01:00');
      let stored = 0;
      let refused = 0;
      for (let room = 400; room > 0; room -= 4) {
        // The room shrinks from step to step, so the disk is full at every step of a write once.
        writeFileSync(join(directory, 'ballast'), Buffer.alloc(0));
        const filled = (512 - 8 - stored * 3 - (room % 40)) * 1024;
        try {
          writeFileSync(join(directory, 'ballast'), Buffer.alloc(Math.max(0, filled)));
        } catch {
          // Full already: that is what is wanted.
        }
        try {
          const event = await ledger.append((seq) => makeEvent(seq, begin + room));
          stored += 1;
          expect(event.seq).toBe(stored);
        } catch (thrown) {
          refused += 1;
          expect(thrown).toMatchObject({ code: 'storage_full' });
        }
        expect(ledger.span().newest).toBe(stored);
      }
      expect(stored).toBeGreaterThan(0);
      expect(refused).toBeGreaterThan(0);
      rmSync(join(directory, 'ballast'));
      await ledger.append((seq) => makeEvent(seq, begin + 1000));
      const csv = readFileSync(join(directory, 'attendance', '2026-11-21.csv'), 'utf8');
      expect(csv).toBe(csvOfDay(await ledger.day('2026-11-21'), () => undefined));
      await ledger.stop();
      await store.close();
    } finally {
      execFileSync('umount', ['-l', directory]);
      rmSync(directory, { recursive: true });
    }
  });
});
