import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Decisions } from '../../src/auth/decisions.js';
import type { Decision } from '../../src/domain/decision.js';
import { VestibuleError } from '../../src/domain/errors.js';
import type { LivenessEvidence } from '../../src/domain/liveness/evidence.js';
import { someEvidence } from '../fakes/fake-liveness.js';
import { tempState } from '../fakes/temp-state.js';

let state: Awaited<ReturnType<typeof tempState>>;
let store: ReturnType<typeof state.store>;
let decisions: Decisions;
let faults: string[];
beforeEach(async () => {
  state = await tempState();
  store = state.store();
  await store.open();
  faults = [];
  decisions = journalOver(store);
});
afterEach(async () => {
  await store.close();
  await state.dispose();
});

/** A journal as after a start of the kiosk. */
function journalOver(over: typeof store): Decisions {
  return new Decisions({
    store: over,
    clock: state.clock,
    zone: 'Europe/Berlin',
    onFault: (message) => faults.push(message),
  });
}

/** The journal of today on the disk. */
const file = (): string => join(state.directory, 'audit', '2026-11-21.jsonl');
const ids = async (journal = decisions): Promise<string[]> => (await journal.list()).map(({ id }) => id);

/** The real store with some of its work done otherwise. */
function changed(change: Partial<typeof store>): typeof store {
  const own: Record<string, unknown> = {};
  for (const name of ['collection', 'list', 'append', 'writeText', 'remove', 'readText'] as const)
    own[name] = store[name].bind(store);
  return Object.assign(Object.create(store), own, change) as typeof store;
}

const aDecision = (id: string): Decision => ({
  id,
  purpose: 'attend',
  outcome: 'granted',
  reason: 'ok',
  personId: 'p_000000000001',
  factors: [
    { kind: 'face', outcome: 'passed', reason: 'ok', score: 0.7, threshold: 0.5, mode: '1:N', gallery: 3, at: 1 },
  ],
  at: 1,
});

describe('Decisions', () => {
  it('keeps each decision with wall time, clock and event, over a restart', async () => {
    await decisions.add(aDecision('a'), 'event-1');
    await store.close();
    store = state.store();
    await store.open();
    expect(await journalOver(store).list()).toEqual([
      {
        ...aDecision('a'),
        wall: '2026-11-21T08:00:00.000Z',
        clock: { sync: 'ntp', boot: '0123456789abcdef', monoMs: 1000 },
        eventId: 'event-1',
      },
    ]);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  it('begins a new file at local midnight and lists by local day', async () => {
    state.clock.setWall(Date.UTC(2026, 10, 21, 22, 59));
    await decisions.add(aDecision('before'));
    state.clock.setWall(Date.UTC(2026, 10, 21, 23, 1));
    await decisions.add(aDecision('after'));
    expect(await decisions.days()).toEqual(['2026-11-21', '2026-11-22']);
    expect((await decisions.list('2026-11-21')).map(({ id }) => id)).toEqual(['before']);
    expect((await decisions.list('2026-11-22')).map(({ id }) => id)).toEqual(['after']);
    expect(await decisions.list('2026-11-23')).toEqual([]);
    expect(await decisions.list('../people')).toEqual([]);
  });

  it('keeps decisions that come at once, in order', async () => {
    const given = Array.from({ length: 20 }, (_, i) => `d${i}`);
    await Promise.all(given.map((id) => decisions.add(aDecision(id))));
    expect(await ids()).toEqual(given);
  });

  it('removes days that are older than it has to keep', async () => {
    for (const day of [18, 19, 20, 21]) {
      state.clock.setWall(Date.UTC(2026, 10, day, 12));
      await decisions.add(aDecision(`d${day}`));
    }
    expect(await decisions.prune(2)).toEqual(['2026-11-18', '2026-11-19']);
    expect(await decisions.days()).toEqual(['2026-11-20', '2026-11-21']);
    expect(await store.list('audit')).not.toContainEqual(expect.stringContaining('11-19'));
  });

  it('writes one line of the same length for the 5,000th decision as for the first, and reads nothing for it', async () => {
    const lengths: number[] = [];
    let reads = 0;
    const never = (): never => {
      throw new Error('The journal is only appended to.');
    };
    const journal = journalOver(
      changed({
        append: async (name, text) => {
          lengths.push(Buffer.byteLength(text));
          // Every 500th goes to the disk, so that the sum can be compared without 5,000 fsyncs.
          if (lengths.length % 500 === 1) await store.append(name, text);
        },
        readText: (name) => {
          reads++;
          return store.readText(name);
        },
        collection: never,
        writeText: never,
      }),
    );
    for (let i = 0; i < 5000; i++) await journal.add(aDecision(`d${String(i).padStart(4, '0')}`));
    expect(lengths).toHaveLength(5000);
    expect(new Set(lengths).size).toBe(1);
    expect(reads).toBeLessThanOrEqual(1);
    expect((await stat(file())).size).toBe(10 * lengths[0]!);
    expect(await store.list('audit')).toEqual(['2026-11-21.jsonl']);
  });

  it('lists a day of 5,000 decisions without holding the loop of the daemon', async () => {
    await decisions.add(aDecision('d'));
    await writeFile(file(), (await readFile(file(), 'utf8')).repeat(5000));
    let turns = 0;
    let done = false;
    const turn = (): void => {
      turns++;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    expect(await decisions.list()).toHaveLength(5000);
    done = true;
    expect(turns).toBeGreaterThan(50);
  });
});

describe('a journal after a power cut', () => {
  it('keeps every whole line wherever the last one was cut, and goes on on a line of its own', async () => {
    for (const id of ['a', 'b', 'cut: Grüße']) await decisions.add(aDecision(id));
    const whole = await readFile(file());
    const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (let length = lastLine; length <= whole.length; length++) {
      await writeFile(file(), whole.subarray(0, length));
      const after = journalOver(store);
      // Only the line end is missing: nothing is lost.
      const kept = length >= whole.length - 1 ? ['a', 'b', 'cut: Grüße'] : ['a', 'b'];
      faults = [];
      expect(await ids(after)).toEqual(kept);
      expect(faults).toEqual([]);
      await after.add(aDecision('next'));
      await after.add(aDecision('next but one'));
      expect(await ids(after)).toEqual([...kept, 'next', 'next but one']);
    }
  });

  it('goes on after a tail of zeros, which ext4 leaves when the length was written and the data was not', async () => {
    await decisions.add(aDecision('a'));
    await appendFile(file(), Buffer.alloc(600));
    const after = journalOver(store);
    await after.add(aDecision('b'));
    expect(await ids(after)).toEqual(['a', 'b']);
  });

  it('looks at the end of the file again after a write that failed', async () => {
    let fails = false;
    const torn = changed({
      append: async (name, text) => {
        if (!fails) return store.append(name, text);
        await store.append(name, text.slice(0, 100));
        throw new VestibuleError('storage_full', 'The disk is full.');
      },
    });
    const journal = journalOver(torn);
    await journal.add(aDecision('a'));
    fails = true;
    await expect(journal.add(aDecision('b'))).rejects.toMatchObject({ code: 'storage_full' });
    fails = false;
    await journal.add(aDecision('c'));
    expect(await ids(journal)).toEqual(['a', 'c']);
  });
});

describe('a damaged line of the journal', () => {
  it('is skipped and reported once, and the rest of the day stays', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await decisions.add(aDecision(id));
    const lines = (await readFile(file(), 'utf8')).split('\n');
    lines[1] = lines[1]!.replace('"granted"', '"gr?nted"');
    lines[2] = lines[2]!.replace('{', '[');
    await writeFile(file(), lines.join('\n'));
    expect(await ids()).toEqual(['a', 'd']);
    expect(await ids()).toEqual(['a', 'd']);
    expect(faults).toEqual([expect.stringMatching(/2 lines.*audit\/2026-11-21\.jsonl.*SD card/)]);
    expect((await readFile(file(), 'utf8')).split('\n')).toEqual(lines);
    await decisions.add(aDecision('e'));
    expect(await ids()).toEqual(['a', 'd', 'e']);
    expect(faults).toHaveLength(1);
  });

  it('does not stop an empty or emptied file', async () => {
    await decisions.add(aDecision('a'));
    await truncate(file(), 0);
    expect(await ids(journalOver(store))).toEqual([]);
    await decisions.add(aDecision('b'));
    expect(await ids()).toEqual(['b']);
    expect(faults).toEqual([]);
  });
});

describe('the record of a run of liveness', () => {
  const withRecords = (id: string, ...records: readonly LivenessEvidence[]): Decision => ({
    ...aDecision(id),
    factors: records.map((evidence) => ({
      kind: evidence.factor,
      outcome: evidence.state,
      reason: evidence.state === 'passed' ? 'ok' : 'spoof_suspected',
      evidence,
      at: 1,
    })),
  });
  const kept = async (): Promise<(LivenessEvidence | undefined)[]> =>
    (await decisions.list()).flatMap(({ factors }) => factors.map(({ evidence }) => evidence));

  it('is kept with the decision, with every gate, action and network', async () => {
    const record: LivenessEvidence = {
      ...someEvidence('pose', 'failed', 'wrong_action'),
      actions: [
        {
          action: 'turn_left',
          outcome: 'failed',
          reason: 'wrong_action',
          shownMs: 900,
          onsetMs: 412,
          frames: 4,
          measures: { yawDegrees: -14.2, residual: 0.071 },
        },
      ],
      pose: {
        frames: 61,
        seconds: 4.1,
        totalMovement: 20.5,
        distance: 1.2,
        threshold: -1.6,
        state: 'failed',
        reason: 'pose_mismatch',
      },
      light: { score: 0.4, colours: 4 },
    };
    await decisions.add(withRecords('a', record));
    expect(await kept()).toEqual([record]);
    expect(faults).toEqual([]);
  });

  it('says nothing of what is no number, and the line can still be read', async () => {
    const record = someEvidence('liveness', 'unavailable', 'too_few_frames');
    const gates = record.gates.map((gate) => ({
      ...gate,
      score: Number.NaN,
      facts: { least: Number.POSITIVE_INFINITY, windows: 0 },
    }));
    await decisions.add(withRecords('a', { ...record, gates }));
    const [read] = await kept();
    expect(read?.gates.map(({ score, facts }) => [score, facts])).toEqual(gates.map(() => [undefined, { windows: 0 }]));
    // Where a number must stand, the record is left out and its result stays.
    await decisions.add(withRecords('b', { ...record, frames: Number.NaN }));
    expect((await decisions.list())[1]?.factors).toEqual([
      { kind: 'liveness', outcome: 'unavailable', reason: 'spoof_suspected', at: 1 },
    ]);
    expect(faults).toEqual([]);
  });

  it('makes no line grow without bound', async () => {
    const record = someEvidence('liveness', 'failed');
    const huge = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`fact${at}`, at]));
    const tooLong = { ...record, gates: record.gates.map((gate) => ({ ...gate, facts: huge })) };
    await decisions.add(withRecords('a', tooLong, record));
    expect(await kept()).toEqual([undefined, record]);
    await decisions.add(withRecords('b', ...Array.from({ length: 40 }, () => record)));
    expect((await kept()).slice(2).filter((one) => one !== undefined)).toHaveLength(8);
    expect((await kept()).at(-1)).toEqual(record);
    const longest = Math.max(...(await readFile(file(), 'utf8')).split('\n').map(({ length }) => length));
    expect(longest).toBeLessThan(30_000);
  });
});
