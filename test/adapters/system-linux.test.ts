import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LinuxSystem } from '../../src/adapters/system-linux.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vestibule-system-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('LinuxSystem', () => {
  it('measures memory, load and disk of this machine', async () => {
    const system = new LinuxSystem();
    expect(system.memory().rssBytes).toBeGreaterThan(10e6);
    expect(system.load1()).toBeGreaterThanOrEqual(0);
    const disk = await system.disk(directory);
    expect(disk.freeBytes).toBeGreaterThan(0);
    expect(disk.writable).toBe(true);
    await expect(system.disk(join(directory, 'gone'))).rejects.toThrow(/ENOENT/);
  });

  it('reads the temperature of the processor, not of another part', () => {
    const system = new LinuxSystem({ thermal: directory });
    expect(system.cpuCelsius()).toBeUndefined();
    for (const [zone, type, temp] of [
      ['thermal_zone0', 'acpitz', '27800'],
      ['thermal_zone1', 'cpu-thermal', '51123'],
      ['thermal_zone2', 'gpu', 'not a number'],
    ] as const) {
      mkdirSync(join(directory, zone));
      writeFileSync(join(directory, zone, 'type'), `${type}\n`);
      writeFileSync(join(directory, zone, 'temp'), `${temp}\n`);
    }
    expect(system.cpuCelsius()).toBeCloseTo(51.123);
    expect(new LinuxSystem({ thermal: join(directory, 'gone') }).cpuCelsius()).toBeUndefined();
  });

  it('tells the service manager, and does nothing without one', async () => {
    const program = join(directory, 'notify');
    const heard = join(directory, 'heard');
    writeFileSync(program, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${heard}\n`);
    chmodSync(program, 0o755);
    await new LinuxSystem({ notifyProgram: program, notifySocket: undefined }).notify('ready');
    const system = new LinuxSystem({ notifyProgram: program, notifySocket: '/run/notify' });
    await system.notify('ready', 'camera\nrunning');
    await system.notify('watchdog');
    expect(readFileSync(heard, 'utf8')).toBe(
      '/run/notify --no-block READY=1 STATUS=camera running\n/run/notify --no-block WATCHDOG=1\n',
    );
    await new LinuxSystem({ notifyProgram: join(directory, 'gone'), notifySocket: '/x' }).notify('stopping');
  });
});
