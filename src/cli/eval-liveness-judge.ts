import { CHALLENGE_ACTIONS } from '../domain/liveness/action.js';
import type { LivenessEvidence } from '../domain/liveness/evidence.js';
import { FrameReader } from '../domain/liveness/frame-reader.js';
import type { GateState, LivenessReason } from '../domain/liveness/gate.js';
import { LivenessRun } from '../domain/liveness/liveness-run.js';
import { type LightResult, LightWatch } from '../domain/liveness/screen-light.js';
import type { LabelledSource } from './eval-liveness-data.js';
import { TurnCheck } from './eval-liveness-turn.js';
import { openSource } from './liveness-frames.js';
import type { LivenessMeasurer } from './liveness-measure.js';
import type { RecordedSession } from './liveness-session.js';

/** What came of one labelled source. */
export interface JudgedSource {
  readonly source: LabelledSource;
  /** Of a clip: the decision of the first run at level passive. Of a still: whether its one score reaches the threshold. */
  readonly state: GateState;
  readonly reason: LivenessReason;
  /** What the decision rests on; absent where nothing could be scored. */
  readonly score?: number;
  /** All scores of single frames, in order. */
  readonly frameScores: readonly number[];
  /** Frames that were looked at. */
  readonly frames: number;
  /** One run after the other until the end of the clip; the first one decides. */
  readonly runs: readonly Pick<LivenessEvidence, 'state' | 'reason'>[];
  /** When the first run was decided, ms from the first frame. */
  readonly decidedMs?: number;
  /** Whether a turn of the head passes; absent without the mesh network. */
  readonly turned?: boolean;
  /** Of a session with colours. */
  readonly light?: LightResult;
}

export interface JudgeSettings {
  readonly framesPerSecond: number;
  readonly passiveThreshold: number;
  /** Least cosine of two frames of one face. */
  readonly sameFace: number;
}

/** Level passive asks for nothing else; the other two see frames of their own, as in a kiosk. */
const PASSIVE_WISH = { passive: true, mesh: false, body: false, colour: false };
const TURN_WISH = { passive: false, mesh: true, body: false, colour: false };
const LIGHT_WISH = { passive: false, mesh: false, body: false, colour: true };
/** A clip is not cut off by the time of a run. */
const NEVER_MS = 24 * 3_600_000;

/** Runs one source through the networks and the gates of the product. */
export async function judgeSource(
  source: LabelledSource,
  measurer: LivenessMeasurer,
  settings: JudgeSettings,
): Promise<JudgedSource> {
  const { frames, session } = await openSource(source, measurer.imaging, settings.framesPerSecond);
  const passive = await measurer.series(PASSIVE_WISH);
  const runs = new PassiveRuns(measurer, settings);
  const hasTurn = source.form !== 'still' && measurer.networks.mesh !== undefined;
  const turn = hasTurn ? { series: await measurer.series(TURN_WISH), check: new TurnCheck(settings) } : undefined;
  const light =
    session !== undefined && session.light.length > 0
      ? { series: await measurer.series(LIGHT_WISH), replay: new LightReplay(session, settings) }
      : undefined;
  const frameScores: number[] = [];
  let seen = 0;
  for await (const frame of frames) {
    seen++;
    const result = await passive.see(frame, runs.session);
    const live = result.faces[0]?.passive?.live;
    if (live !== undefined) frameScores.push(live);
    runs.see(result, frame.atMs);
    if (turn !== undefined) turn.check.see(await turn.series.see(frame, 1));
    if (light !== undefined) light.replay.see(await light.series.see(frame, 1));
  }
  const common = {
    source,
    frameScores,
    frames: seen,
    ...(turn && { turned: turn.check.passed }),
    ...(light && { light: light.replay.result() }),
  };
  if (source.form === 'still') return { ...common, ...stillVerdict(frameScores[0], settings), runs: [] };
  return { ...common, ...runs.end() };
}

/** A single picture is never decided by a kiosk; its score tells what the networks make of it. */
function stillVerdict(
  score: number | undefined,
  { passiveThreshold }: JudgeSettings,
): Pick<JudgedSource, 'state' | 'reason' | 'score'> {
  if (score === undefined) return { state: 'unavailable', reason: 'too_few_frames' };
  const passes = score >= passiveThreshold;
  return { state: passes ? 'passed' : 'failed', reason: passes ? 'ok' : 'looks_like_picture', score };
}

/** One passive run after the other over a clip. */
class PassiveRuns {
  readonly #networks: LivenessMeasurer['networks'];
  readonly #settings: JudgeSettings;
  readonly #ended: LivenessEvidence[] = [];
  #run: LivenessRun | undefined;
  #began: number | undefined;
  #decidedMs: number | undefined;
  #at = 0;
  session = 1;

  constructor({ networks }: LivenessMeasurer, settings: JudgeSettings) {
    this.#networks = networks;
    this.#settings = settings;
  }

  see(result: Parameters<LivenessRun['see']>[0], at: number): void {
    this.#at = at;
    this.#began ??= at;
    this.#run ??= this.#newRun(at);
    this.#run.see(result);
    this.#run.tick(at);
    const { end } = this.#run;
    if (end === undefined) return;
    this.#ended.push(end);
    this.#decidedMs ??= at - this.#began;
    this.#run = undefined;
    this.session++;
  }

  end(): Pick<JudgedSource, 'state' | 'reason' | 'score' | 'runs' | 'decidedMs'> {
    if (this.#ended.length === 0) {
      this.#run ??= this.#newRun(this.#at);
      this.#run.failed('too_few_frames', this.#at);
      if (this.#run.end !== undefined) this.#ended.push(this.#run.end);
    }
    const first = this.#ended[0];
    const score = first?.gates.find(({ gate }) => gate === 'passive')?.score;
    return {
      state: first?.state ?? 'unavailable',
      reason: first?.reason ?? 'fault',
      ...(score !== undefined && { score }),
      runs: this.#ended.map(({ state, reason }) => ({ state, reason })),
      ...(this.#decidedMs !== undefined && { decidedMs: this.#decidedMs }),
    };
  }

  #newRun(at: number): LivenessRun {
    const { passiveThreshold, sameFace, framesPerSecond } = this.#settings;
    const run = new LivenessRun(
      {
        id: `eval-${this.session}`,
        factor: 'liveness',
        level: 'passive',
        actions: CHALLENGE_ACTIONS,
        poseTake: false,
        light: false,
        totalMs: NEVER_MS,
        passiveThreshold,
        sameFace,
        networks: this.#networks,
        camera: { kind: 'recording', demo: true },
        frameIntervalMs: 1000 / framesPerSecond,
        pick: () => 0,
      },
      at,
    );
    run.bind(this.session);
    return run;
  }
}

/** Shows the recorded colours to the watch again, at their times. */
class LightReplay {
  readonly #watch: LightWatch;
  readonly #times: readonly number[];
  readonly #reader: FrameReader;
  #shown = 0;

  constructor({ light }: RecordedSession, { sameFace, framesPerSecond }: JudgeSettings) {
    this.#watch = new LightWatch(light);
    this.#times = light.map(({ atMs }) => atMs);
    this.#reader = new FrameReader({ sameFace, frameIntervalMs: 1000 / framesPerSecond });
  }

  see(result: Parameters<LivenessRun['see']>[0]): void {
    const reading = this.#reader.read(result);
    if (reading === undefined) return;
    while (this.#shown < this.#times.length && this.#times[this.#shown]! <= reading.frame.at)
      this.#watch.shown(this.#shown, this.#times[this.#shown++]!);
    this.#watch.see(reading.frame);
  }

  result(): LightResult {
    return this.#watch.result();
  }
}
