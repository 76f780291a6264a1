import { execFile, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { StateDirectoryReader, StateStore } from '../../src/adapters/store-lowdb.js';
import type { CollectionSpec } from '../../src/ports/collection.js';
import { storeContract } from '../contracts/collection.js';
import { builtSource } from '../fakes/built-source.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { tempState } from '../fakes/temp-state.js';

storeContract('lowdb', async () => {
  const state = await tempState();
  return { make: state.store, dispose: state.dispose };
});

const LIST: CollectionSpec<{ list: number[] }> = {
  file: 'attendance/list.json',
  version: 1,
  schema: z.object({ list: z.array(z.number()) }),
  initial: () => ({ list: [] }),
};

let state: Awaited<ReturnType<typeof tempState>>;
beforeEach(async () => {
  state = await tempState();
});
afterEach(() => state.dispose());

describe('StateStore', () => {
  it('writes compact files of mode 0600 in directories of mode 0700', async () => {
    const store = state.store();
    await store.open();
    const list = await store.collection(LIST);
    await list.update(() => ({ list: [1, 2] }));
    await store.append('attendance/a.csv', 'x\n');
    const path = join(state.directory, LIST.file);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(state.directory, 'attendance/a.csv')).mode & 0o777).toBe(0o600);
    expect(statSync(join(state.directory, 'attendance')).mode & 0o777).toBe(0o700);
    expect(statSync(state.directory).mode & 0o777).toBe(0o700);
    expect(readFileSync(path, 'utf8')).toContain('"data":{"list":[1,2]}}');
    await store.close();
  });

  it('removes temporary files of an interrupted write and says so', async () => {
    mkdirSync(join(state.directory, 'attendance'));
    writeFileSync(join(state.directory, 'attendance/.list.json.tmp'), '{"half');
    const store = state.store();
    await store.open();
    expect(store.alarms()).toMatchObject([{ file: 'attendance/.list.json.tmp', kind: 'temp_file_removed' }]);
    expect(existsSync(join(state.directory, 'attendance/.list.json.tmp'))).toBe(false);
    await store.close();
  });

  it('never starts blank from a damaged document: the last good copy serves, the damaged one is kept', async () => {
    const writer = state.store();
    await writer.open();
    const list = await writer.collection(LIST);
    for (let n = 1; n <= 20; n++) await list.update((current) => ({ list: [...current.list, n] }));
    await writer.close();
    const path = join(state.directory, LIST.file);
    const good = readFileSync(path);
    const previous = readFileSync(`${path}.prev`);
    const damages: [string, Buffer][] = [
      ['empty', Buffer.alloc(0)],
      ['NULs', Buffer.alloc(good.length)],
      ['older version', Buffer.from(good.toString().replace('"version":1', '"version":0'))],
      ['newer version without its checksum', Buffer.from(good.toString().replace('"version":1', '"version":2'))],
      ['other text', Buffer.from('{"list":[]}')],
    ];
    for (let part = 1; part < 16; part++)
      damages.push([`cut at ${part}/16`, good.subarray(0, (good.length * part) >> 4)]);
    for (let byte = 0; byte < good.length; byte++) {
      const flipped = Buffer.from(good);
      flipped[byte]! ^= 1 << (byte % 8);
      damages.push([`bit in byte ${byte}`, flipped]);
    }
    for (const [name, bytes] of damages) {
      writeFileSync(path, bytes);
      writeFileSync(`${path}.prev`, previous);
      const reader = new StateDirectoryReader(state.directory);
      expect(await reader.read(LIST), name).toMatchObject({ from: 'previous' });
      expect(readFileSync(path).equals(bytes), name).toBe(true);
      const store = state.store();
      await store.open();
      const opened = await store.collection(LIST);
      expect(opened.read().list, name).toHaveLength(19);
      expect(store.alarms(), name).toMatchObject([{ file: LIST.file, kind: 'recovered_from_previous' }]);
      expect(readFileSync(store.alarms()[0]!.movedTo!).equals(bytes), name).toBe(true);
      await opened.update((current) => ({ list: [...current.list, 21] }));
      await store.close();
    }
    const kept = readdirSync(join(state.directory, 'attendance')).filter((file) => file.includes('.corrupt-'));
    expect(kept).toHaveLength(damages.length);
  });

  it('says that it started empty when both copies are damaged, and keeps both', async () => {
    mkdirSync(join(state.directory, 'attendance'));
    writeFileSync(join(state.directory, LIST.file), 'x');
    writeFileSync(join(state.directory, `${LIST.file}.prev`), 'y');
    const store = state.store();
    await store.open();
    expect((await store.collection(LIST)).read()).toEqual({ list: [] });
    expect(store.alarms()).toMatchObject([{ kind: 'started_empty' }]);
    const kept = readdirSync(join(state.directory, 'attendance')).filter((file) => file.includes('.corrupt-'));
    expect(kept).toHaveLength(2);
    await store.close();
  });

  it('uses the previous copy when the document itself is gone', async () => {
    const store = state.store();
    await store.open();
    const list = await store.collection(LIST);
    await list.update(() => ({ list: [1] }));
    await list.update(() => ({ list: [1, 2] }));
    await store.close();
    rmSync(join(state.directory, LIST.file));
    const again = state.store();
    await again.open();
    expect((await again.collection(LIST)).read()).toEqual({ list: [1] });
    expect(again.alarms()).toMatchObject([{ kind: 'recovered_from_previous' }]);
    await again.close();
  });

  it('refuses a second owner in the same process and in another one, and frees the lock on close', async () => {
    const store = state.store();
    await store.open();
    await expect(state.store().open()).rejects.toMatchObject({ code: 'state_locked' });
    const code = `const o=JSON.parse(require('fs').readFileSync(process.argv[1]));process.stdout.write(String(o.pid))`;
    expect(
      execFileSync(process.execPath, ['-e', code, join(state.directory, 'vestibule.lock')], { encoding: 'utf8' }),
    ).toBe(String(process.pid));
    await store.close();
    const next = state.store();
    await next.open();
    await next.close();
    expect(readdirSync(state.directory)).toEqual([]);
  });

  it('takes over the lock of a dead process, of another boot, and a damaged one; exactly one of many does', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(()=>{},1000)']);
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const lock = join(state.directory, 'vestibule.lock');
    writeFileSync(lock, JSON.stringify({ pid: child.pid, start, boot, token: 'alive' }));
    await expect(state.store().open()).rejects.toMatchObject({ code: 'state_locked' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const stale = [
      JSON.stringify({ pid: child.pid, start, boot, token: 'dead' }),
      JSON.stringify({ pid: process.pid, start: '1', boot, token: 'reused-pid' }),
      JSON.stringify({ pid: process.pid, start, boot: 'another boot', token: 'other-boot' }),
      'not a lock',
      '',
    ];
    for (const [index, text] of stale.entries()) {
      writeFileSync(lock, text);
      // An heir that died on its way must not block the next one.
      if (index === 0)
        writeFileSync(`${lock}.heir-dead`, JSON.stringify({ pid: child.pid, start, boot, token: 'heir' }));
      const contenders = Array.from({ length: 12 }, () => state.store());
      const results = await Promise.allSettled(contenders.map((store) => store.open()));
      expect(
        results.filter((result) => result.status === 'fulfilled'),
        text,
      ).toHaveLength(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'state_locked' });
      for (const store of contenders) await store.close();
      expect(readdirSync(state.directory), text).toEqual([]);
    }
  });

  it('says which directory cannot be used', async () => {
    writeFileSync(join(state.directory, 'file'), '');
    const store = new StateStore({
      directory: join(state.directory, 'file'),
      clock: state.clock,
      random: new FakeRandom(),
    });
    await expect(store.open()).rejects.toMatchObject({ code: 'state_unwritable' });
  });
});

/** A real small disk; undefined where it cannot be mounted here. */
function smallDisk(bytes: number): { directory: string; unmount(): void } | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'vestibule-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', directory], { stdio: 'pipe' });
  } catch {
    rmSync(directory, { recursive: true });
    return undefined;
  }
  return {
    directory,
    unmount: () => {
      execFileSync('umount', ['-l', directory]);
      rmSync(directory, { recursive: true });
    },
  };
}

describe('a full disk', () => {
  it('changes nothing, says storage_full, and recording goes on once there is room', async (context) => {
    const disk = smallDisk(256 * 1024);
    if (disk === undefined) return context.skip('mounting a tmpfs needs root');
    try {
      const store = new StateStore({ directory: disk.directory, clock: state.clock, random: new FakeRandom(99) });
      await store.open();
      const list = await store.collection(LIST);
      await list.update(() => ({ list: [1] }));
      writeFileSync(join(disk.directory, 'ballast'), Buffer.alloc(200 * 1024));
      const before = list.read();
      const big = Array.from({ length: 60_000 }, (_, n) => n);
      await expect(list.update(() => ({ list: big }))).rejects.toMatchObject({ code: 'storage_full' });
      expect(list.read()).toBe(before);
      await store.append('attendance/a.csv', 'first\n');
      await expect(store.append('attendance/a.csv', 'x'.repeat(100_000))).rejects.toMatchObject({
        code: 'storage_full',
      });
      expect(await store.readText('attendance/a.csv')).toBe('first\n');
      expect(readdirSync(join(disk.directory, 'attendance')).sort()).toEqual(['a.csv', 'list.json']);
      rmSync(join(disk.directory, 'ballast'));
      await list.update((current) => ({ list: [...current.list, 2] }));
      await store.close();
      const again = new StateStore({ directory: disk.directory, clock: state.clock, random: new FakeRandom(98) });
      await again.open();
      expect((await again.collection(LIST)).read()).toEqual({ list: [1, 2] });
      expect(again.alarms()).toEqual([]);
      await again.close();
    } finally {
      disk.unmount();
    }
  });
});

describe('a process that dies', () => {
  let built: string;
  beforeEach(() => {
    built = builtSource();
    writeFileSync(
      join(built, 'writer.mjs'),
      `import { z } from 'zod';
import { writeSync } from 'node:fs';
import { StateStore } from './adapters/store-lowdb.js';
import { SystemClock } from './adapters/clock-system.js';
import { CryptoRandom } from './adapters/random-crypto.js';
const [directory, count] = process.argv.slice(2);
const store = new StateStore({ directory, clock: new SystemClock(), random: new CryptoRandom() });
await store.open();
const list = await store.collection({ file: 'attendance/list.json', version: 1,
  schema: z.object({ list: z.array(z.number()) }), initial: () => ({ list: [] }) });
for (let n = 0; n < Number(count); n++) {
  const next = await list.update((c) => ({ list: [...c.list, c.list.length + 1] }));
  writeSync(1, 'answered ' + next.list.length + '\\n');
}
await store.close();
`,
    );
  });
  afterEach(() => rmSync(built, { recursive: true, force: true }));

  it('loses nothing that was answered and leaves no damaged file, 50 times kill -9', async () => {
    let answered = 0;
    let seed = 12345;
    for (let round = 0; round < 50; round++) {
      const child = spawn(process.execPath, [join(built, 'writer.mjs'), state.directory, '100000']);
      let out = '';
      let complaint = '';
      child.stderr.on('data', (chunk) => {
        complaint += chunk;
      });
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      const stopAfter = answered + 1 + (seed % 20);
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk) => {
          out += chunk;
          const last = Number(out.trimEnd().split('\n').at(-1)?.split(' ')[1] ?? 0);
          if (last >= stopAfter) child.kill('SIGKILL');
        });
        child.once('close', () => resolve());
      });
      expect(complaint).toBe('');
      const whole = out.slice(0, out.lastIndexOf('\n')).split('\n').at(-1);
      answered = Number(whole?.split(' ')[1]);
      const store = state.store();
      await store.open();
      const { list } = (await store.collection(LIST)).read();
      expect(list.length).toBeGreaterThanOrEqual(answered);
      expect(list).toEqual(Array.from({ length: list.length }, (_, n) => n + 1));
      expect(store.alarms().filter((alarm) => alarm.kind !== 'temp_file_removed')).toEqual([]);
      await store.close();
      answered = list.length;
    }
    const left = readdirSync(join(state.directory, 'attendance')).sort();
    expect(left).toEqual(['list.json', 'list.json.prev']);
  }, 120_000);

  it('answers only after fsync(file), rename and fsync(directory)', async (context) => {
    try {
      execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'pipe' });
    } catch {
      return context.skip('strace is not installed or not permitted');
    }
    const log = join(state.directory, '..', `strace-${process.pid}-${Date.now()}`);
    const directory = join(state.directory, 'state');
    try {
      await promisify(execFile)('strace', [
        ...['-f', '-y', '-e', 'trace=fsync,fdatasync,rename,renameat,renameat2,write', '-s', '40', '-o', log],
        ...[process.execPath, join(built, 'writer.mjs'), directory, '5'],
      ]);
      const lines = readFileSync(log, 'utf8').split('\n');
      const steps: string[] = [];
      for (const line of lines) {
        if (/fsync\(\d+<[^>]*\.list\.json\.tmp>/.test(line)) steps.push('sync file');
        else if (/rename\w*\(.*\.list\.json\.tmp", .*list\.json"/.test(line)) steps.push('rename');
        else if (/fsync\(\d+<[^>]*\/attendance>/.test(line)) steps.push('sync directory');
        else if (/write\(1<.*answered/.test(line)) steps.push('answer');
      }
      const order = steps.slice(steps.indexOf('sync file'));
      const one = ['sync file', 'rename', 'sync directory', 'answer'];
      expect(order).toEqual([...one, ...one, ...one, ...one, ...one]);
    } finally {
      rmSync(log, { force: true });
    }
  });
});
