import { afterEach, describe, expect, it } from 'vitest';
import { KioskWatch } from '../../src/kiosk-watch.js';
import type { System } from '../../src/ports/system.js';
import { FakeClock } from '../fakes/fake-clock.js';

const MB = 1024 * 1024;
let watch: KioskWatch | undefined;
afterEach(() => watch?.stop());

async function watching(disk: System['disk']) {
  const clock = new FakeClock();
  const told: string[] = [];
  const events: string[] = [];
  let changes = 0;
  const system: System = {
    memory: () => ({ rssBytes: 1 }),
    load1: () => 0,
    cpuCelsius: () => undefined,
    disk,
    notify: async (state) => {
      told.push(state);
    },
  };
  watch = new KioskWatch({
    clock,
    system,
    stateDirectory: 'state',
    healthy: () => true,
    systemEvent: (type) => events.push(type),
    changed: () => changes++,
  });
  await watch.start();
  return { clock, told, events, watch, changes: () => changes };
}

describe('the watch over the disk', () => {
  it('calls a full disk unwritable before a punch fails on it, and takes that back when there is space', async () => {
    let freeBytes = 500 * MB;
    const { clock, events, watch: kiosk, changes } = await watching(async () => ({ freeBytes, writable: true }));
    expect(kiosk.disk()).toEqual({ freeBytes, writable: true });
    freeBytes = 4096;
    clock.advance(31_000);
    await expect.poll(() => kiosk.disk()).toEqual({ freeBytes: 4096, writable: false });
    expect(events).toContain('disk_low');
    expect(changes()).toBe(1);
    freeBytes = 500 * MB;
    clock.advance(31_000);
    await expect.poll(() => kiosk.disk().writable).toBe(true);
  });

  it('says that nothing can be written when the disk does not answer, and still feeds the watchdog', async () => {
    const { clock, told, watch: kiosk } = await watching(() => Promise.reject(new Error('EIO')));
    expect(kiosk.disk()).toEqual({ writable: false });
    clock.advance(25_000);
    expect(told.filter((state) => state === 'watchdog').length).toBeGreaterThanOrEqual(3);
  });
});
