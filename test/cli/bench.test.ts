import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { mannWhitneyP } from '../../src/cli/bench/mann-whitney.js';
import { cpuMsSince, processCpuMs } from '../../src/cli/bench/measure.js';
import { type Conditions, type Row, report, verdictOf } from '../../src/cli/bench/report.js';
import { VisitTimes } from '../../src/cli/bench/visit-times.js';
import { benchCommand } from '../../src/cli/bench.js';
import { median, quantile } from '../../src/domain/statistics.js';
import { installPack } from '../../src/packs/install.js';
import { hasOpenPack, SHARED_MODELS } from '../packs/models-directory.js';
import { clipsPresent } from '../support/clips.js';
import { vestibule } from '../support/daemon.js';

const temporary = mkdtempSync(join(tmpdir(), 'vestibule-bench-test-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

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

describe('the test of two samples', () => {
  const first = Array.from({ length: 20 }, (_, i) => i + 1);
  const later = [
    ...Array.from({ length: 10 }, (_, i) => 3.5 + 2 * i),
    ...Array.from({ length: 10 }, (_, i) => 22.5 + i),
  ];

  it('gives the p of the normal approximation with continuity (SciPy, method asymptotic)', () => {
    expect(mannWhitneyP(first, later)).toBeCloseTo(0.0013485824, 8);
    expect(mannWhitneyP(later, first)).toBeCloseTo(0.0013485824, 8);
  });

  it('corrects for ties', () => {
    expect(mannWhitneyP([1, 1, 2, 2, 3, 3, 4, 4, 5, 5], [2, 2, 3, 3, 4, 4, 5, 5, 6, 6])).toBeCloseTo(0.178860686, 7);
  });

  it('sees nothing between equal samples, and has no answer without a sample', () => {
    expect(mannWhitneyP(first, first)).toBe(1);
    expect(mannWhitneyP([7, 7, 7], [7, 7])).toBe(1);
    expect(mannWhitneyP([], first)).toBeNaN();
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

describe('the section login', () => {
  it('runs against a real kiosk and measures every row', async () => {
    const state = join(temporary, 'state');
    const file = join(temporary, 'rows.json');
    await vestibule(['models', 'pull', 'core', '--state', state]);
    const table = await vestibule(['bench', '--only', 'login', '--quick', '--state', state, '--json', file]);
    const { rows } = JSON.parse(readFileSync(file, 'utf8')) as { rows: (Row & { verdict: string })[] };
    expect(rows.map(({ what }) => what)).toEqual([
      'login with password + TOTP, one client, p95',
      'whole login / one argon2id comparison',
      'one bcrypt comparison (cost 12) / whole login',
      'event append while 50 clients log in, p99',
      'frame loop while 50 clients log in',
      '50 clients: logins',
      'daemon: loop delay while 50 clients log in, p99',
      'known and unknown names: difference of the medians',
      'known and unknown names: Mann-Whitney p',
    ]);
    for (const { what, measured, verdict, note } of rows) {
      expect([what, verdict], note).toEqual([what, 'for information']);
      expect(Number.isFinite(measured), `${what}: ${measured}`).toBe(true);
      expect(table).toContain(what);
    }
    expect(rows.find(({ what }) => what === '50 clients: logins')?.measured).toBeGreaterThan(0);
  }, 180_000);
});

describe('the section liveness', () => {
  it.skipIf(!hasOpenPack || !clipsPresent())(
    'measures every row on a recorded living person',
    async () => {
      const state = join(temporary, 'liveness');
      const file = join(temporary, 'liveness.json');
      for (const pack of ['open', 'motion'])
        await installPack(pack, { modelsDirectory: join(state, 'models'), mirror: SHARED_MODELS });
      await vestibule(['bench', '--only', 'liveness', '--quick', '--state', state, '--json', file]);
      const { rows } = JSON.parse(readFileSync(file, 'utf8')) as { rows: (Row & { verdict: string })[] };
      expect(rows.map(({ what }) => what)).toEqual([
        'passive pair, one face: CPU',
        'face mesh of a tracked face: CPU',
        'points of the body: CPU',
        'one measured frame: CPU',
        'same networks on every frame, nothing tracked / one measured frame',
        expect.stringContaining('@vladmandic/human'),
        'CPU of human / one measured frame',
        'live view while everything is measured',
        'frame captured → measured result, p95',
        'passive: wish → ten scores over a second',
        'vision process with all networks: memory',
      ]);
      for (const { what, measured, verdict, note } of rows) {
        expect([what, verdict], note).toEqual([what, 'for information']);
        expect(measured, what).toBeGreaterThan(0);
      }
      expect(rows.find(({ what }) => what.startsWith('passive: wish'))?.note).toContain('2 of 2 taken for live');
    },
    180_000,
  );
});
