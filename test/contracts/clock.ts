import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/ports/clock.js';

export interface ClockUnderTest {
  readonly clock: Clock;
  /** Lets this much time pass. */
  pass(ms: number): Promise<void>;
}

/** What every `Clock` must do. */
export function clockContract(name: string, make: () => ClockUnderTest): void {
  describe(`clock contract: ${name}`, () => {
    it('monotonic time goes forward by what passes', async () => {
      const { clock, pass } = make();
      const before = clock.mono();
      await pass(20);
      expect(clock.mono() - before).toBeGreaterThanOrEqual(19);
    });

    it('gives wall time in Unix milliseconds', () => {
      const { clock } = make();
      expect(clock.now()).toBeGreaterThan(Date.UTC(2025, 0, 1));
      expect(Number.isFinite(clock.now())).toBe(true);
    });

    it('tells boot, synchronisation and whole monotonic milliseconds for a record', () => {
      const { clock } = make();
      const state = clock.state();
      expect(state.boot).toMatch(/^[0-9a-f]{16}$/);
      expect(['ntp', 'rtc', 'none']).toContain(state.sync);
      expect(Number.isInteger(state.monoMs)).toBe(true);
      expect(Math.abs(state.monoMs - clock.mono())).toBeLessThan(1000);
    });

    it('calls back once, in order, and not after it was cancelled', async () => {
      const { clock, pass } = make();
      const calls: string[] = [];
      clock.after(20, () => calls.push('second'));
      clock.after(5, () => calls.push('first'));
      const cancel = clock.after(10, () => calls.push('never'));
      cancel();
      expect(calls).toEqual([]);
      await pass(80);
      await pass(80);
      expect(calls).toEqual(['first', 'second']);
      cancel();
    });
  });
}
