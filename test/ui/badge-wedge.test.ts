import { describe, expect, it } from 'vitest';
import { BadgeWedge } from '../../src/ui/parts/badge-wedge.js';

/** Presses each key after so many ms; the answer of the last one. */
function press(keys: readonly string[], gapMs: number | ((n: number) => number), wedge = new BadgeWedge()) {
  let at = 1000;
  let found: string | undefined;
  keys.forEach((key, n) => {
    at += typeof gapMs === 'number' ? gapMs : gapMs(n);
    found = wedge.press(key, at);
  });
  return found;
}

describe('a badge reader that types', () => {
  it('is told apart from a hand by its speed', () => {
    expect(press([...'04A2B3C4', 'Enter'], 8)).toBe('04A2B3C4');
    expect(press([...'04A2B3C4', 'Tab'], 8)).toBe('04A2B3C4');
    expect(press([...'04A2B3C4', 'Enter'], 90)).toBeUndefined();
    // A slow Enter after a fast burst is a hand too.
    expect(press([...'04A2', 'Enter'], (n) => (n === 4 ? 400 : 5))).toBeUndefined();
  });

  it('takes only what came without a pause, so that what a hand typed before is not part of the number', () => {
    expect(press([...'ab04A2B3C4', 'Enter'], (n) => (n < 3 ? 200 : 8))).toBe('04A2B3C4');
  });

  it('needs four printable characters; shift is no character, others begin anew', () => {
    expect(press([...'123', 'Enter'], 5)).toBeUndefined();
    expect(press(['Shift', 'A', 'Shift', 'B', '1', '2', 'Enter'], 5)).toBe('AB12');
    expect(press([...'12', 'Backspace', ...'345', 'Enter'], 5)).toBeUndefined();
    expect(press([...'12', ' ', ...'3456', 'Enter'], 5)).toBe('3456');
    expect(press([...'x'.repeat(129), 'Enter'], 5)).toBeUndefined();
  });

  it('forgets a number once it is told', () => {
    const wedge = new BadgeWedge();
    expect(press([...'1234', 'Enter'], 5, wedge)).toBe('1234');
    expect(press(['Enter'], 5, wedge)).toBeUndefined();
  });
});
