import type { VisionResult } from '../observation.js';
import type { ChallengeParts } from './challenge.js';
import type { LivenessEvidence } from './evidence.js';
import { FrameReader, type Reading } from './frame-reader.js';
import type { LivenessReason } from './gate.js';
import { LightStage } from './light-stage.js';
import { PoseStage } from './pose-stage.js';
import { isUsable, RunGates } from './run-gates.js';
import type { LivenessHint, LivenessOrder, LivenessView } from './run-order.js';
import { lightSequence } from './screen-light.js';
import { decide, stateOf, type Verdict, withPose } from './verdict.js';

/** What has to be measured of the frames now; as MeasureWish of the vision port. */
export interface WishedMeasures {
  readonly passive: boolean;
  readonly mesh: boolean;
  readonly body: boolean;
  readonly colour: boolean;
}

/** The networks of the body are loaded when they are wanted first; the first prompt waits so long for them. */
const BODY_LOADS_MS = 4_000;
/** A face that was missed in one frame is no reason to say that there is none. */
const UNSEEN_MS = 400;

/**
 * One run of the factor liveness or pose, from the first frame to its evidence. Results come in order, time comes in,
 * everything random comes from `order.pick`. It ends once: passed only if every needed gate passed, at once when one
 * cannot pass any more, and whatever throws in here makes it unavailable.
 */
export class LivenessRun {
  readonly #order: LivenessOrder;
  readonly #beganAt: number;
  readonly #reader: FrameReader;
  readonly #gates: RunGates;
  #session: number | undefined;
  #light: LightStage | undefined;
  #pose: PoseStage | undefined;
  #now: number;
  #frames = 0;
  #faceAt: number | undefined;
  #frameAt: number;
  #bodySeen = false;
  #forced: Verdict | undefined;
  #end: LivenessEvidence | undefined;

  /**
   * @param at monotonic ms; frames taken before do not count
   * @param parts what looks for actions, where it is not what the kiosk looks with
   */
  constructor(order: LivenessOrder, at: number, parts: Omit<ChallengeParts, 'order'> = {}) {
    this.#order = order;
    this.#beganAt = at;
    this.#frameAt = at;
    this.#now = at;
    this.#reader = new FrameReader(order);
    this.#gates = new RunGates(order, at, parts);
    // Nobody is asked to do anything where nothing can make it a pass.
    if (this.#gates.lostCause()) this.#finish();
  }

  /** Changes over time: the vision process is told whenever it did. */
  wish(): WishedMeasures {
    const nothing = { passive: false, mesh: false, body: false, colour: false };
    const { challenge, needsPassive } = this.#gates;
    if (this.#end !== undefined) return nothing;
    if (this.#pose !== undefined) return { ...nothing, body: true };
    if (this.#light !== undefined) return { ...nothing, mesh: true, colour: true };
    const mesh = challenge !== undefined;
    return { passive: needsPassive, mesh, body: challenge?.wantsBody === true || this.#warmsBody(), colour: false };
  }

  /** Number of the measuring: only results with capture facts of it count. Another number later: the camera was lost. */
  bind(session: number): void {
    if (this.#session !== undefined && this.#session !== session) this.failed('camera_lost', this.#now);
    else this.#session = session;
  }

  /** One result; in order. A result of an earlier measuring is left out. */
  see(result: VisionResult): void {
    const session = result.capture?.session;
    if (this.#end !== undefined || this.#session === undefined || session === undefined) return;
    if (session < this.#session || result.capturedAt < this.#beganAt) return;
    this.#guard(() => {
      // The vision process began anew, or measures for somebody else now.
      if (session !== this.#session) this.#gates.capture.end('camera_lost');
      else this.#read(result);
      this.#advance();
    });
  }

  /** Ends the run: the camera is gone or another one, the page is gone. @param at monotonic ms */
  failed(reason: LivenessReason, at: number): void {
    if (this.#end !== undefined) return;
    this.#pass(at);
    const isOurs = reason === 'camera_lost' || reason === 'camera_changed' || reason === 'camera_not_allowed';
    if (isOurs) this.#gates.capture.end(reason);
    this.#force(stateOf(reason), reason === 'ok' ? 'fault' : reason);
  }

  /** The page has this prompt or colour on the screen. False for one that is not asked for now. @param at monotonic ms */
  shown(id: string, at: number): boolean {
    return this.#said(at, () => this.#gates.challenge?.shown(id, at) === true || this.#light?.shown(id, at) === true);
  }

  /** Another action, please; at most twice. False where there is none. @param at monotonic ms */
  skip(id: string, at: number): boolean {
    return this.#said(at, () => {
      const skipped = this.#gates.challenge?.skip(id, at) === true;
      if (skipped) this.#gates.binding.forget(id);
      return skipped;
    });
  }

  /** Time passed. @param at monotonic ms */
  tick(at: number): void {
    if (this.#end !== undefined) return;
    this.#pass(at);
    this.#guard(() => {
      this.#gates.challenge?.tick(this.#now);
      this.#advance();
    });
  }

  /** @param at monotonic ms */
  view(at: number): LivenessView {
    const { challenge } = this.#gates;
    const now = Number.isFinite(at) ? at : this.#now;
    const prompt = challenge?.view(now);
    const light = this.#light?.view();
    const hint = this.#hint();
    const pose = this.#pose;
    const remainingMs = pose === undefined ? this.#beganAt + this.#order.totalMs - now : pose.remainingMs(now);
    return {
      phase: this.#phase(),
      ...(prompt && this.#end === undefined && { prompt }),
      ...(light && this.#end === undefined && { light }),
      progress: this.#progress(),
      ...(hint && { hint }),
      skipsLeft: this.#end === undefined ? (challenge?.skipsLeft ?? 0) : 0,
      remainingMs: this.#end === undefined ? Math.max(0, Math.round(remainingMs)) : 0,
    };
  }

  /** The record; once there it never changes. */
  get end(): LivenessEvidence | undefined {
    return this.#end;
  }

  #read(result: VisionResult): void {
    const reading = this.#reader.read(result, this.#gates.challenge?.leans);
    if (reading === undefined) return;
    this.#frames++;
    const { frame, lost } = reading;
    this.#pass(frame.at);
    this.#frameAt = Math.max(this.#frameAt, frame.at);
    if (frame.face !== undefined) this.#faceAt = frame.at;
    if (frame.body !== undefined) this.#bodySeen = true;
    if (lost !== undefined && !this.#mayHide(lost)) this.#gates.lost(lost, frame.at);
    const later = this.#pose ?? this.#light;
    if (later === undefined) {
      this.#gates.see(reading, this.#gates.binding.ready && !this.#warmsBody());
      return;
    }
    this.#gates.seeLater(reading);
    if (!reading.wentBack && isUsable(frame, this.#gates.capture)) later.see(frame);
  }

  /** An arm before the face hides it for a moment: during a gesture only another face is a reason to fail. */
  #mayHide(lost: NonNullable<Reading['lost']>): boolean {
    return this.#pose !== undefined && lost === 'track_lost';
  }

  #warmsBody(): boolean {
    const { challenge } = this.#gates;
    if (this.#bodySeen || challenge === undefined || challenge.begun || this.#order.networks.body === undefined)
      return false;
    const needed = challenge.willWantBody || this.#takesPose();
    return needed && this.#now < this.#beganAt + BODY_LOADS_MS;
  }

  #takesPose(): boolean {
    return this.#order.factor === 'pose' && this.#order.poseTake;
  }

  /** Goes on to what comes next, or ends. */
  #advance(): void {
    if (this.#end !== undefined) return;
    if (this.#gates.lostCause()) this.#finish();
    else if (this.#now > this.#beganAt + this.#order.totalMs) this.#force('unavailable', 'out_of_time');
    else if (this.#gates.complete() && !this.#lights() && !this.#poses()) this.#finish();
  }

  /** The colours are still to be shown. */
  #lights(): boolean {
    if (this.#gates.challenge === undefined || !this.#order.light) return false;
    this.#light ??= new LightStage(`${this.#order.id}.light`, lightSequence(this.#order.pick), this.#now);
    this.#light.tick(this.#now);
    return this.#light.end === undefined;
  }

  /** The body is still to be seen moving; not where the colours failed. */
  #poses(): boolean {
    const { judgePose } = this.#order;
    if (!this.#takesPose() || judgePose === undefined || (this.#light?.end?.state ?? 'passed') !== 'passed')
      return false;
    this.#pose ??= new PoseStage(judgePose, this.#now);
    this.#pose.tick(this.#now);
    return this.#pose.evidence === undefined;
  }

  /** A verdict from outside the gates; one of them that failed already is named all the same. */
  #force(state: 'failed' | 'unavailable', reason: LivenessReason): void {
    this.#gates.challenge?.stop(state, reason);
    this.#forced = { state, reason };
    this.#finish();
  }

  #finish(): void {
    const { needed, challenge } = this.#gates;
    const { factor, level, camera, networks } = this.#order;
    const gates = this.#gates.results(this.#light);
    const pose = this.#pose?.evidence;
    const decided = withPose(decide(gates, needed), this.#takesPose(), pose);
    const forced = this.#forced;
    // What a gate found says more than that the time was over.
    const told = decided.state === 'failed' || (forced?.reason === 'out_of_time' && decided.state !== 'passed');
    const verdict = forced === undefined || told ? decided : forced;
    const light = this.#light?.result;
    this.#end = {
      version: 1,
      factor,
      level,
      ...verdict,
      gates,
      actions: challenge?.evidence() ?? [],
      ...(pose && { pose }),
      ...(light && { light: { ...light.facts, ...(light.score !== undefined && { score: light.score }) } }),
      networks: Object.fromEntries(Object.entries(networks).filter(([, hash]) => hash !== undefined)),
      camera: { kind: camera.kind, demo: camera.demo },
      frames: this.#frames,
      durationMs: Math.round(this.#now - this.#beganAt),
    };
  }

  #guard(happen: () => void): void {
    try {
      happen();
    } catch {
      // What is broken is no answer; the record says so.
      this.#force('unavailable', 'fault');
    }
  }

  #said(at: number, tell: () => boolean): boolean {
    if (this.#end !== undefined || !Number.isFinite(at)) return false;
    this.#pass(at);
    let taken = false;
    this.#guard(() => {
      taken = tell();
      this.#advance();
    });
    return taken;
  }

  #pass(at: number): void {
    if (at > this.#now && Number.isFinite(at)) this.#now = at;
  }

  #phase(): LivenessView['phase'] {
    const { challenge } = this.#gates;
    if (this.#end !== undefined) return 'over';
    if (this.#pose !== undefined) return 'pose_take';
    if (this.#light !== undefined) return 'light';
    if (challenge === undefined || challenge.passed) return 'passive';
    return challenge.prompted === undefined ? 'neutral' : 'prompt';
  }

  #progress(): number {
    if (this.#end !== undefined) return 1;
    return this.#gates.challenge?.progress ?? this.#gates.passive.progress;
  }

  #hint(): LivenessHint | undefined {
    if (this.#end !== undefined) return undefined;
    // By the newest frame: on a busy machine frames come late, and whoever stands there is not gone for that.
    if (this.#frameAt - (this.#faceAt ?? this.#beganAt) > UNSEEN_MS) return 'no_face';
    const { capture, challenge, passive } = this.#gates;
    const hint = capture.hint() ?? (challenge === undefined ? passive.hint() : challenge.hint());
    // Of one frame alone nobody is asked to step in front of the camera.
    return hint === 'no_face' ? undefined : hint;
  }
}
