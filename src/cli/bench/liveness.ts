import { join } from 'node:path';
import { median, quantile } from '../../domain/statistics.js';
import { measureIn, run } from './child.js';
import type { LivenessFrameCosts } from './liveness-frames.js';
import type { LivenessLiveFigures } from './liveness-live.js';
import type { Row, Target } from './report.js';
import type { Workplace } from './workplace.js';

/** A living person before the camera; the clip of those that the bench knows in which somebody only stands there. */
const CLIP = 'wolf_2.mp4';
const SIZE = [480, 640] as const;
const FPS = 15;
const WHOLE = { seconds: 20, decisions: 15 };
const QUICK = { seconds: 2, decisions: 2 };
const QUICK_RUNS = 5;
const PASSIVE_CPU_MS = 6;
const MESH_CPU_MS = 8;
const PREVIEW_FPS = 14;
const DECISION_MS = 1500;

/** What `baseline.js human-liveness` prints. */
interface LibraryCost {
  readonly cpuMs: number;
  readonly runs: number;
}

/**
 * The networks of liveness on a recorded living person, the vision process with all of them, and a library of the field.
 * Targets are left out of the quick form.
 */
export async function measureLiveness(place: Workplace, quick: boolean): Promise<Row[]> {
  const rows = await measured(place, quick ? QUICK : WHOLE, quick ? QUICK_RUNS : place.runs);
  return quick ? rows.map((row) => ({ ...row, target: undefined, note: `quick: ${row.note}` })) : rows;
}

async function measured(place: Workplace, { seconds, decisions }: typeof WHOLE, runs: number): Promise<Row[]> {
  const pack = place.packs.includes('open') ? 'open' : place.packs[0];
  const clip = place.clip(CLIP);
  if (pack === undefined || clip === undefined)
    return [
      { what: 'liveness', unit: '', note: `no recording of a living person: ${CLIP} is not in the folder of --clips` },
    ];
  const video = join(place.folder, 'living.avi');
  const raw = join(place.folder, 'living.bgr');
  const fit = `scale=${SIZE[0]}:${SIZE[1]}:force_original_aspect_ratio=increase,crop=${SIZE[0]}:${SIZE[1]},fps=${FPS}`;
  const forth = ['-v', 'error', '-y', '-i', clip, '-vf', `${fit},format=bgr24`];
  await run('ffmpeg', [...forth, '-f', 'rawvideo', raw]);
  await run('ffmpeg', [...forth, '-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj420p', video]);
  const costs = await measureIn<LivenessFrameCosts>('./liveness-frames.js', [place.models, pack, raw, ...SIZE, runs]);
  const one = join(place.folder, 'living.rgb');
  await run('ffmpeg', [
    '-v',
    'error',
    '-y',
    '-i',
    clip,
    '-vf',
    `${fit},format=rgb24`,
    '-frames:v',
    '1',
    '-f',
    'rawvideo',
    one,
  ]);
  const rows = [...frameRows(costs, pack), ...(await libraryRows(costs, one, runs))];
  const args = [place.models, pack, video, ...SIZE, seconds, decisions];
  return [...rows, ...liveRows(await measureIn<LivenessLiveFigures>('./liveness-live.js', args), pack)];
}

function frameRows(costs: LivenessFrameCosts, pack: string): Row[] {
  const how = `median of ${costs.runs}, ${SIZE.join('x')}, recorded person`;
  return [
    {
      what: 'passive pair, one face: CPU',
      measured: costs.passiveMs,
      unit: 'ms',
      target: atMost(PASSIVE_CPU_MS),
      note: how,
    },
    {
      what: 'face mesh of a tracked face: CPU',
      measured: costs.meshMs,
      unit: 'ms',
      target: atMost(MESH_CPU_MS),
      note: `${how}, ${costs.engine}`,
    },
    { what: 'points of the body: CPU', measured: costs.bodyMs, unit: 'ms', note: `${how}, ${costs.engine}` },
    {
      what: 'one measured frame: CPU',
      measured: costs.measuredMs,
      unit: 'ms',
      note: `pack ${pack}, passive and mesh: half of a whole and a light frame, median of ${costs.runs} pairs`,
    },
    {
      what: 'same networks on every frame, nothing tracked / one measured frame',
      measured: costs.plainMs / costs.measuredMs,
      unit: 'times',
      note: `detect, mesh, embed, passive pair one after the other: ${costs.plainMs.toFixed(1)} ms`,
    },
  ];
}

async function libraryRows(costs: LivenessFrameCosts, frame: string, runs: number): Promise<Row[]> {
  const what = 'one of these frames, @vladmandic/human on wasm (mesh, antispoof, liveness, embedding): CPU';
  try {
    const cost = await measureIn<LibraryCost>('./baseline.js', ['human-liveness', frame, ...SIZE, runs]);
    return [
      { what, measured: cost.cpuMs, unit: 'ms', note: `median of ${cost.runs}` },
      {
        what: 'CPU of human / one measured frame',
        measured: cost.cpuMs / costs.measuredMs,
        unit: 'times',
        target: { kind: 'at least', value: 3 },
        note: 'medians of this run',
      },
    ];
  } catch (error) {
    return [{ what, unit: 'ms', note: `human cannot run: ${String(error)}` }];
  }
}

function liveRows(live: LivenessLiveFigures, pack: string): Row[] {
  const { decisionMs, accepted } = live;
  const fps = (value: number): string => value.toFixed(1);
  return [
    {
      what: 'live view while everything is measured',
      measured: live.previewFps,
      unit: 'fps',
      target: { kind: 'at least', value: PREVIEW_FPS },
      note: `source at ${FPS} fps, over ${live.seconds.toFixed(0)} s; analysed ${fps(live.resultsFps)}, mesh ${fps(live.meshFps)}, passive ${fps(live.passiveFps)}, body ${fps(live.bodyFps)} a second`,
    },
    {
      what: 'frame captured → measured result, p95',
      measured: quantile(live.capturedToResultMs, 0.95),
      unit: 'ms',
      note: `everything measured, median ${median(live.capturedToResultMs).toFixed(0)} ms`,
    },
    {
      what: 'passive: wish → ten scores over a second',
      measured: median(decisionMs),
      unit: 'ms',
      target: atMost(DECISION_MS),
      note: `pack ${pack}, median of ${decisionMs.length}, slowest ${Math.max(...decisionMs).toFixed(0)} ms; ${accepted} of ${decisionMs.length} taken for live; with networks to be loaded first ${live.firstDecisionMs.toFixed(0)} ms`,
    },
    {
      what: 'vision process with all networks: memory',
      measured: live.rssMb,
      unit: 'MB',
      note: `pack ${pack}, after ${live.seconds.toFixed(0)} s with everything measured`,
    },
  ];
}

function atMost(value: number): Target {
  return { kind: 'at most', value };
}
