import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { cpuMsSince, median, processCpuMs, quantile } from '../../src/cli/bench/measure.js';
import { type Conditions, type Row, report, verdictOf } from '../../src/cli/bench/report.js';
import { VisitTimes } from '../../src/cli/bench/visit-times.js';
import { benchCommand } from '../../src/cli/bench.js';

const row = (more: Partial<Row>): Row => ({ what: 'something', unit: 'ms', note: 'median of 5', ...more });

describe('figures', () => {
  it('takes quantiles between order statistics, whatever the order', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(quantile([50, 10, 30, 20, 40], 0.95)).toBeCloseTo(48, 9);
    expect(quantile([7], 0.99)).toBe(7);
  });

  it('has no quantile of nothing', () => {
    expect(median([])).toBeNaN();
  });

  it('reads the CPU time of a process whose name holds spaces and brackets', () => {
    const stat = '42 (node (main) x) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 11 0 100 1 1';
    expect(processCpuMs(stat)).toBe(3000);
    expect(processCpuMs('')).toBeUndefined();
  });

  it('counts the CPU time of this process', () => {
    const before = process.cpuUsage();
    let sum = 0;
    while (process.cpuUsage(before).user < 2000) sum += Math.sqrt(sum + 1);
    expect(cpuMsSince(before)).toBeGreaterThanOrEqual(2);
  });
});

describe('verdicts', () => {
  it('holds a limit to be met when it is reached exactly', () => {
    expect(verdictOf(row({ measured: 12, target: { kind: 'at most', value: 12 } }))).toBe('met');
    expect(verdictOf(row({ measured: 12.01, target: { kind: 'at most', value: 12 } }))).toBe('not met');
    expect(verdictOf(row({ measured: 14, target: { kind: 'at least', value: 14 } }))).toBe('met');
    expect(verdictOf(row({ measured: 13.9, target: { kind: 'at least', value: 14 } }))).toBe('not met');
  });

  it('never lets a value that is not a number pass', () => {
    expect(verdictOf(row({ measured: Number.NaN, target: { kind: 'at most', value: 12 } }))).toBe('not met');
    expect(verdictOf(row({ measured: Number.NaN, target: { kind: 'at least', value: 12 } }))).toBe('not met');
  });

  it('tells what was not measured from what is not promised', () => {
    expect(verdictOf(row({ target: { kind: 'at most', value: 12 } }))).toBe('skipped');
    expect(verdictOf(row({ measured: 12 }))).toBe('for information');
  });
});

describe('the table', () => {
  const conditions: Conditions = {
    date: '2026-11-21 13:00',
    cpu: 'Some processor',
    cores: 2,
    node: '20.20.2',
    opencv: '4.6.0',
    engine: 'onnxruntime-node 1.30.0',
    load: [0.5, 1, 1.25],
  };

  it('names conditions, value, limit, verdict and reason', () => {
    const lines = report(
      [
        row({ what: 'fast', measured: 1.2345, target: { kind: 'at most', value: 3 } }),
        row({ what: 'absent', note: 'the library is not installed' }),
      ],
      conditions,
    ).split('\n');
    expect(lines[0]).toBe(
      '2026-11-21 13:00 · Some processor, 2 cores · Node 20.20.2 · OpenCV 4.6.0 · onnxruntime-node 1.30.0',
    );
    expect(lines[1]).toContain('0.50 1.00 1.25');
    expect(lines.find((line) => line.startsWith('fast'))).toMatch(/1\.23 ms +≤ 3 ms +met +median of 5$/);
    expect(lines.find((line) => line.startsWith('absent'))).toMatch(/– +skipped +the library is not installed$/);
  });
});

describe('times of visits', () => {
  /** Frames at 15 a second, with a face where the text has an x. */
  function watch(times: VisitTimes, hall: string): void {
    for (const [i, mark] of [...hall].entries()) times.seen((i * 1000) / 15, mark === 'x');
  }
  const EMPTY = '.'.repeat(15);

  it('run from the first frame with the face to the first message', () => {
    const times = new VisitTimes();
    watch(times, `${EMPTY}xxxx`);
    times.announced(1500);
    times.announced(1700);
    expect(times.count).toBe(1);
    expect(times.announcedMs).toEqual([500]);
  });

  it('are not taken of somebody who stood there before the first empty hall', () => {
    const times = new VisitTimes();
    watch(times, 'xxxx');
    times.announced(400);
    expect(times.count).toBe(0);
    expect(times.announcedMs).toEqual([]);
  });

  it('take a face lost for a moment for the same visit', () => {
    const times = new VisitTimes();
    watch(times, `${EMPTY}xx...xx`);
    expect(times.count).toBe(1);
  });

  it('count a visit without a message, and forget it at a reset', () => {
    const times = new VisitTimes();
    watch(times, `${EMPTY}xx${EMPTY}xx`);
    expect(times.count).toBe(2);
    expect(times.announcedMs).toEqual([]);
    times.clear();
    times.announced(9999);
    expect(times.count).toBe(0);
    expect(times.announcedMs).toEqual([]);
  });
});

describe('the bench command', () => {
  const parse = (...args: string[]): Record<string, unknown> => {
    const command = benchCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .action(() => {});
    command.parse(args, { from: 'user' });
    return command.opts();
  };

  it('measures everything fifty times unless told otherwise', () => {
    expect(benchCommand()).toBeInstanceOf(Command);
    expect(parse()).toMatchObject({ runs: 50 });
    expect(parse('--only', 'match, start', '--runs', '5')).toMatchObject({ only: ['match', 'start'], runs: 5 });
  });

  it('refuses sections and numbers of runs that do not exist', () => {
    expect(() => parse('--only', 'speed')).toThrow(/none of pipelines, baselines/);
    expect(() => parse('--runs', '4')).toThrow(/from 5 to 10000/);
    expect(() => parse('--runs', 'many')).toThrow(/from 5 to 10000/);
  });
});
