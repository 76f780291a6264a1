import { setTimeout as sleep } from 'node:timers/promises';
import { median, quantile } from '../../domain/statistics.js';
import { AskedProcess, cpuMsOf, measureIn, rssMb } from './child.js';
import type { KioskFigures } from './kiosk.js';
import type { Row, Target } from './report.js';
import { timeStart } from './start-up.js';
import type { Workplace } from './workplace.js';

export const SECTIONS = ['pipelines', 'baselines', 'match', 'live', 'memory', 'start', 'login', 'liveness'] as const;
export type Section = (typeof SECTIONS)[number];

const SIZE = [640, 480] as const;
const PERSONS = 10_000;
const PIPELINE_CPU_MS: Readonly<Record<string, number>> = { open: 12, core: 20 };
/** How often less CPU than either library. */
const LEAST_RATIO = 5;
const VISITS = 15;
const WORK_SECONDS = 60;
const LIVE_GIVE_UP_SECONDS = 240;
const GROWTH_FRAMES = 30_000;
/** Caches, compiled code and heap have reached their size by then: the minute after which the memory rows are taken. */
const GROWTH_SETTLED_SECONDS = 60;
/** Samples, one a second, whose medians are compared. */
const GROWTH_WINDOW = 15;
const GROWTH_GIVE_UP_SECONDS = 420;
const EMPTY_SETTLE_SECONDS = 8;
const EMPTY_SECONDS = 20;
const STARTS = 5;

const atMost = (value: number): Target => ({ kind: 'at most', value });
const atLeast = (value: number): Target => ({ kind: 'at least', value });

interface PipelineCost {
  readonly engine: string;
  readonly runs: number;
  readonly cpuMs: number;
  readonly ownMs: number;
}
interface LibraryCost {
  readonly cpuMs: number;
  readonly runs: number;
  readonly rssBytes: number;
}

/** One frame with one face through each pack, and, if wanted, through the two libraries. */
export async function measurePipelines(place: Workplace, libraries: boolean): Promise<Row[]> {
  await place.frame();
  const rows: Row[] = [];
  const costs = new Map<string, number>();
  for (const pack of place.packs) {
    const args = [place.models, pack, `${place.folder}/frame.bgr`, ...SIZE, place.runs];
    const cost = await measureIn<PipelineCost>('./pipeline.js', args);
    costs.set(pack, cost.cpuMs);
    const note = `detect + align + embed, median of ${cost.runs}; ${cost.ownMs.toFixed(2)} ms of it outside the networks`;
    const limit = PIPELINE_CPU_MS[pack];
    rows.push({
      what: `one 640x480 frame, pack ${pack}: CPU`,
      measured: cost.cpuMs,
      unit: 'ms',
      target: limit === undefined ? undefined : atMost(limit),
      note,
    });
  }
  if (!libraries) return rows;
  for (const library of ['human', 'face-api']) {
    const what = `same frame, @vladmandic/${library} on wasm: CPU`;
    let cost: LibraryCost;
    try {
      cost = await measureIn('./baseline.js', [library, `${place.folder}/frame.rgb`, ...SIZE, place.runs]);
    } catch (error) {
      rows.push({ what, unit: 'ms', note: `${library} cannot run: ${String(error)}` });
      continue;
    }
    const rss = (cost.rssBytes / 1e6).toFixed(0);
    rows.push({ what, measured: cost.cpuMs, unit: 'ms', note: `median of ${cost.runs}; its process holds ${rss} MB` });
    for (const [pack, cpuMs] of costs) {
      rows.push({
        what: `CPU of ${library} / CPU of pack ${pack}`,
        measured: cost.cpuMs / cpuMs,
        unit: 'times',
        target: atLeast(LEAST_RATIO),
        note: 'medians of this run',
      });
    }
  }
  return rows;
}

/** 1:N search. */
export async function measureMatch(place: Workplace): Promise<Row[]> {
  const rows: Row[] = [];
  for (const dim of [256, 128]) {
    const cost = await measureIn<{ runs: number; ms: number; p95Ms: number }>('./match.js', [PERSONS, dim, place.runs]);
    rows.push({
      what: `1:N over ${PERSONS} persons, ${dim} numbers`,
      measured: cost.ms,
      unit: 'ms',
      target: atMost(3),
      note: `median of ${cost.runs}, p95 ${cost.p95Ms.toFixed(2)} ms`,
    });
  }
  return rows;
}

/** A kiosk at work: latencies and memory with each pack. The best pack runs until enough visits were seen. */
export async function measureLive(place: Workplace): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [index, pack] of place.packs.entries()) {
    const { origin } = await place.scenes();
    const kiosk = new AskedProcess('./kiosk.js', [await place.kioskAt('visits', pack), 'viewer', 'loop']);
    try {
      await kiosk.ask('up');
      const wanted = index === 0 ? VISITS : 0;
      let figures: KioskFigures;
      do {
        await sleep(1000);
        figures = await kiosk.ask<KioskFigures>('figures');
      } while (
        figures.seconds < LIVE_GIVE_UP_SECONDS &&
        (figures.seconds < WORK_SECONDS || figures.announcedMs.length < wanted)
      );
      const after = `pack ${pack}, after ${figures.seconds.toFixed(0)} s of visits with the live view shown`;
      if (index === 0) rows.push(...liveRows(figures, pack, origin));
      rows.push(
        { what: 'daemon: memory', measured: rssMb(kiosk.pid), unit: 'MB', target: atMost(150), note: after },
        {
          what: 'vision process: memory',
          measured: rssMb(figures.visionPid),
          unit: 'MB',
          target: atMost(380),
          note: after,
        },
      );
    } finally {
      await kiosk.end();
    }
  }
  return rows;
}

function liveRows(figures: KioskFigures, pack: string, origin: string): Row[] {
  const { announcedMs, visits, results } = figures;
  const seen = `pack ${pack}, ${origin}`;
  return [
    {
      what: 'frame captured → result in the daemon, p95',
      measured: figures.capturedToResultP95Ms,
      unit: 'ms',
      target: atMost(80),
      note: `${seen}, ${results} results`,
    },
    {
      what: 'live view while inferring',
      measured: figures.previewFps,
      unit: 'fps',
      target: atLeast(14),
      note: `source at 15 fps, over ${figures.seconds.toFixed(0)} s`,
    },
    {
      what: 'daemon: loop delay, p99',
      measured: figures.loopDelayP99Ms,
      unit: 'ms',
      target: atMost(10),
      note: 'sampled every millisecond over the same time',
    },
    {
      what: 'step into view → event at an MQTT subscriber, p95',
      measured: quantile(announcedMs, 0.95),
      unit: 'ms',
      target: atMost(1000),
      note: `${seen}, ${announcedMs.length} of ${visits} visits, median ${median(announcedMs).toFixed(0)} ms`,
    },
  ];
}

/** Growth over many frames, and what an empty hall costs. */
export async function measureMemory(place: Workplace): Promise<Row[]> {
  const pack = place.packs[0];
  if (pack === undefined) return [];
  const fast = await place.kioskAt('visits', pack, {
    camera: { filePace: 'fast', fps: 60 },
    vision: { maxInferencesPerSecond: 60, motionGate: false },
    attendance: { duplicateIntervalSeconds: 3600 },
  });
  return [...(await emptyRows(place, pack)), ...(await growthRows(fast, pack))];
}

async function growthRows(config: string, pack: string): Promise<Row[]> {
  const kiosk = new AskedProcess('./kiosk.js', [config, 'viewer']);
  try {
    await kiosk.ask('up');
    await sleep((GROWTH_SETTLED_SECONDS - GROWTH_WINDOW) * 1000);
    const { visionPid } = await kiosk.ask<KioskFigures>('figures');
    // Between two collections of garbage a heap breathes: medians over a window are compared, not two moments.
    const daemon: number[] = [];
    const vision: number[] = [];
    const sampled = async (): Promise<KioskFigures> => {
      await sleep(1000);
      daemon.push(rssMb(kiosk.pid));
      vision.push(rssMb(visionPid));
      return kiosk.ask<KioskFigures>('figures');
    };
    let first = await sampled();
    while (daemon.length < GROWTH_WINDOW) first = await sampled();
    await kiosk.ask('reset');
    let last = await sampled();
    while (last.frame < first.frame + GROWTH_FRAMES && last.seconds < GROWTH_GIVE_UP_SECONDS) last = await sampled();
    const frames = last.frame - first.frame;
    const fps = (frames / last.seconds).toFixed(0);
    const note = `pack ${pack}, ${frames} frames at ${fps} fps, ${last.results} analysed`;
    const row = (what: string, rss: readonly number[]): Row => ({
      what: `${what}: growth over ${GROWTH_FRAMES} frames`,
      // Fewer frames than promised are no answer.
      ...(frames >= GROWTH_FRAMES && {
        measured: median(rss.slice(-GROWTH_WINDOW)) - median(rss.slice(0, GROWTH_WINDOW)),
      }),
      unit: 'MB',
      target: atMost(20),
      note: frames >= GROWTH_FRAMES ? note : `only ${frames} frames in ${GROWTH_GIVE_UP_SECONDS} s`,
    });
    return [row('vision process', vision), row('daemon', daemon)];
  } finally {
    await kiosk.end();
  }
}

async function emptyRows(place: Workplace, pack: string): Promise<Row[]> {
  const rows: Row[] = [];
  const config = await place.kioskAt('empty', pack);
  for (const watched of [[], ['viewer']]) {
    const kiosk = new AskedProcess('./kiosk.js', [config, ...watched]);
    try {
      await kiosk.ask('up');
      await sleep(EMPTY_SETTLE_SECONDS * 1000);
      await kiosk.ask('reset');
      const { visionPid } = await kiosk.ask<KioskFigures>('figures');
      const before = { daemon: cpuMsOf(kiosk.pid), vision: cpuMsOf(visionPid) };
      await sleep(EMPTY_SECONDS * 1000);
      const { seconds, results } = await kiosk.ask<KioskFigures>('figures');
      const daemon = (cpuMsOf(kiosk.pid) - before.daemon) / (10 * seconds);
      const vision = (cpuMsOf(visionPid) - before.vision) / (10 * seconds);
      const parts = `vision ${vision.toFixed(1)}, daemon ${daemon.toFixed(1)}; ${results} frames analysed in ${seconds.toFixed(0)} s`;
      rows.push({
        what: watched.length === 0 ? 'empty hall: CPU' : 'empty hall with the live view shown: CPU',
        measured: daemon + vision,
        unit: '% of a core',
        target: atMost(10),
        note: parts,
      });
    } finally {
      await kiosk.end();
    }
  }
  return rows;
}

/** `vestibule start` until the page answers and until the demo's first person is recorded. */
export async function measureStart(place: Workplace): Promise<Row[]> {
  const pack = place.packs[0];
  if (pack === undefined) return [];
  const config = place.configuration(pack);
  const first = await timeStart(config);
  const page: number[] = [];
  const recognised: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const times = await timeStart(config);
    page.push(times.pageMs / 1000);
    recognised.push(times.recognisedMs / 1000);
  }
  const firstOf = (ms: number): string =>
    `very first start, with the enrolment of the demo's people: ${(ms / 1000).toFixed(2)} s`;
  return [
    {
      what: 'start → the page answers',
      measured: median(page),
      unit: 's',
      target: atMost(2),
      note: `median of ${STARTS}; ${firstOf(first.pageMs)}`,
    },
    {
      what: 'start → first recognition',
      measured: median(recognised),
      unit: 's',
      target: atMost(6),
      note: `median of ${STARTS}, demo camera (somebody stands there after 2.2 s); ${firstOf(first.recognisedMs)}`,
    },
  ];
}
