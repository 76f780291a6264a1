import { describe, expect, it } from 'vitest';
import { NewestMeasuring } from '../../src/vision/newest-measuring.js';
import type { ToChild } from '../../src/vision/protocol.js';

const wish = { passive: true, mesh: false, body: false, colour: false };
const more = { ...wish, mesh: true };

function room() {
  const sent: ToChild[] = [];
  return { sent, newest: new NewestMeasuring((message) => sent.push(message)) };
}

describe('NewestMeasuring', () => {
  it('tells a process that runs at once, one that starts when it is ready', () => {
    const { sent, newest } = room();
    const measuring = newest.begin(wish);
    expect([sent, measuring.session]).toEqual([[], 1]);
    newest.started();
    expect(sent).toEqual([{ t: 'measure', session: 1, wish }]);
    expect(measuring.session).toBe(1);
    measuring.change(more);
    expect(sent.at(-1)).toEqual({ t: 'measure', session: 1, wish: more });
    measuring.stop();
    measuring.stop();
    expect(sent.slice(2)).toEqual([{ t: 'measure', session: 1 }]);
    measuring.change(wish);
    expect(sent).toHaveLength(3);
  });

  it('hears the newest holder only', () => {
    const { sent, newest } = room();
    newest.started();
    const former = newest.begin(wish);
    const measuring = newest.begin(more);
    expect(measuring.session).not.toBe(former.session);
    former.change(wish);
    former.stop();
    expect(sent.at(-1)).toEqual({ t: 'measure', session: measuring.session, wish: more });
  });

  it('goes on with a new number after a restart, which the holder can read, and with what was wished for meanwhile', () => {
    const { sent, newest } = room();
    newest.started();
    const measuring = newest.begin(wish);
    newest.ended();
    measuring.change(more);
    expect(sent).toHaveLength(1);
    newest.started();
    expect(measuring.session).toBe(2);
    expect(sent.at(-1)).toEqual({ t: 'measure', session: 2, wish: more });
    newest.ended();
    measuring.stop();
    newest.started();
    expect(sent).toHaveLength(2);
  });
});
