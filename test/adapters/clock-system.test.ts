import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type RunProgram, SystemClock } from '../../src/adapters/clock-system.js';
import { clockContract } from '../contracts/clock.js';
import { FakeClock } from '../fakes/fake-clock.js';

clockContract('system', () => ({ clock: new SystemClock(), pass: (ms) => sleep(ms) }));
clockContract('fake', () => {
  const clock = new FakeClock();
  return { clock, pass: async (ms) => clock.advance(ms) };
});

const TRACKED =
  'A29FC87B,162.159.200.123,4,1795261200.123,-0.004100000,0.000012,0.000040,-12.1,0.001,0.02,0.011,0.0005,64.2,Normal\n';

async function syncOf(answers: Readonly<Record<string, string>>, rtc: boolean, synchronized = false): Promise<unknown> {
  const directory = mkdtempSync(join(tmpdir(), 'vestibule-clock-'));
  const file = join(directory, 'synchronized');
  if (synchronized) writeFileSync(file, '');
  const run: RunProgram = async (program) => answers[program];
  const clock = new SystemClock({ run, timesyncFile: file, rtcPaths: rtc ? [directory] : [join(directory, 'none')] });
  await clock.start();
  clock.stop();
  const { sync, offsetMs } = clock.state();
  rmSync(directory, { recursive: true });
  return offsetMs === undefined ? sync : [sync, offsetMs];
}

describe('SystemClock', () => {
  it('knows the boot id of the kernel', () => {
    const id = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').replaceAll('-', '');
    expect(new SystemClock().state().boot).toBe(id.slice(0, 16));
  });

  it('tells how far the wall clock can be trusted', async () => {
    expect(await syncOf({ timedatectl: 'yes\n' }, false)).toBe('ntp');
    expect(await syncOf({ timedatectl: 'no\n' }, true, true)).toBe('rtc');
    expect(await syncOf({ timedatectl: 'no\n' }, false)).toBe('none');
    expect(await syncOf({ chronyc: TRACKED }, false)).toEqual(['ntp', -4]);
    expect(await syncOf({ chronyc: TRACKED.replace('Normal', 'Not synchronised') }, true)).toBe('rtc');
    expect(await syncOf({}, false, true)).toBe('ntp');
    expect(await syncOf({}, true)).toBe('rtc');
    expect(await syncOf({}, false)).toBe('none');
  });

  it('waits longer than a timer of Node can', async () => {
    const clock = new SystemClock();
    let called = false;
    const cancel = clock.after(2 ** 32, () => {
      called = true;
    });
    await sleep(20);
    cancel();
    expect(called).toBe(false);
  });
});

describe('FakeClock', () => {
  it('moves wall time alone when it is set, and begins a new boot', () => {
    const clock = new FakeClock({ wall: 1000, mono: 10 });
    clock.setWall(5000);
    expect([clock.now(), clock.mono()]).toEqual([5000, 10]);
    clock.advance(7);
    expect([clock.now(), clock.mono()]).toEqual([5007, 17]);
    clock.setSync('none');
    clock.reboot('fedcba9876543210');
    expect(clock.state()).toEqual({ sync: 'none', boot: 'fedcba9876543210', monoMs: 1000 });
  });
});
