import type { LivenessTarget } from '../../domain/attempt.js';
import type { Purpose } from '../../domain/decision.js';
import { toError } from '../../domain/errors.js';
import { isNear } from '../../domain/face-guidance.js';
import type { FactorResult } from '../../domain/factor.js';
import { measurableActions } from '../../domain/liveness/challenge-draw.js';
import type { LivenessEvidence, LivenessLevel } from '../../domain/liveness/evidence.js';
import type { LivenessReason } from '../../domain/liveness/gate.js';
import type { LivenessOrder, LivenessView } from '../../domain/liveness/run-order.js';
import type { VisionResult } from '../../domain/observation.js';
import { STALE_AFTER_MS } from '../../domain/recognition.js';
import type { Template } from '../../domain/template.js';
import { poseTemplateOf } from '../../people/pose-template.js';
import type { Clock } from '../../ports/clock.js';
import { pickFrom, type Random } from '../../ports/random.js';
import type { MeasureWish, Measuring, Vision } from '../../ports/vision.js';
import type { CameraStanding } from '../camera-standing.js';
import type { LivenessRequest, LivenessRuns, RunAhead, RunningLiveness } from '../liveness-runs.js';
import { type FaceReferenceParts, faceReferenceOf, sameFaceThreshold } from './face-reference.js';
import {
  missingNetwork,
  type PoseJudge,
  sameWish,
  sees,
  shortNetworks,
  takesPose,
  totalMs,
  viewAhead,
} from './liveness-order.js';
import { brokenRun, leaveRun, resultOf } from './liveness-result.js';

/** Limits of time are looked at so often. */
const TICK_MS = 100;
/** No cosine reaches it: what somebody who is not on record is compared with. */
const NEVER = 2;

/** The gates and the challenge of one run (domain/liveness). Times are monotonic ms. */
export interface LivenessMachine {
  wish(): MeasureWish;
  see(result: VisionResult): void;
  bind(session: number): void;
  failed(reason: LivenessReason, at: number): void;
  shown(id: string, at: number): boolean;
  skip(id: string, at: number): boolean;
  tick(at: number): void;
  view(at: number): LivenessView;
  readonly end: LivenessEvidence | undefined;
}

export interface LivenessFactorParts extends Omit<FaceReferenceParts, 'config'> {
  readonly config: FaceReferenceParts['config'] & { readonly liveness: Settings };
  readonly vision: Pick<Vision, 'status' | 'onResult' | 'onStatus' | 'measure'>;
  readonly clock: Pick<Clock, 'mono' | 'after'>;
  readonly random: Pick<Random, 'bytes' | 'uuid7'>;
  /** Whether the camera that runs now counts. */
  readonly cameraStanding: () => CameraStanding;
  readonly newRun: (order: LivenessOrder, at: number) => LivenessMachine;
  readonly judgePose: PoseJudge;
  /** Time between two frames of this camera, ms. */
  readonly frameIntervalMs: number;
  readonly onFault: (fault: Error) => void;
}
type Settings = Parameters<typeof totalMs>[0];

interface Running {
  readonly request: LivenessRequest;
  readonly machine: LivenessMachine;
  readonly measuring: Measuring;
  wish: MeasureWish;
  cancelTick: () => void;
}

/**
 * Liveness and pose as factors of an attempt, from the kiosk's own camera: has measured what the run asks for, hands it
 * every result, and ends it when the camera goes. One run at a time, the newest one. Whatever breaks is no pass.
 */
export class LivenessFactor implements LivenessRuns {
  readonly #parts: LivenessFactorParts;
  #running: Running | undefined;
  #listening = false;
  #nearAt = Number.NEGATIVE_INFINITY;

  constructor(parts: LivenessFactorParts) {
    this.#parts = parts;
  }

  levelOf(factor: LivenessTarget['factor'], purpose: Purpose): LivenessLevel {
    return factor === 'pose' ? 'full' : this.#parts.config.liveness[purpose];
  }

  whyNot(factor: LivenessTarget['factor'], level: LivenessLevel): LivenessReason | undefined {
    const status = this.#parts.vision.status();
    if (!sees(status)) return 'camera_lost';
    return (
      this.#parts.cameraStanding().refused ??
      missingNetwork(this.#parts.config.liveness, factor, level, status.networks)
    );
  }

  enrolled(factor: LivenessTarget['factor'], personId: string): boolean {
    if (factor === 'liveness') return this.#face(personId).kind === 'ready';
    return this.#parts.config.liveness.poseSignature !== 'required' || this.#pose(personId) !== undefined;
  }

  faceInSight(): boolean {
    this.#listen();
    return this.#parts.clock.mono() - this.#nearAt <= STALE_AFTER_MS;
  }

  ahead(factor: LivenessTarget['factor'], level: LivenessLevel): RunAhead {
    return viewAhead(this.#parts.config.liveness, factor, level, this.faceInSight());
  }

  begin(request: LivenessRequest): RunningLiveness {
    this.stop();
    this.#listen();
    const { clock, vision, newRun } = this.#parts;
    const { target, level } = request;
    try {
      const order = this.#order(request);
      const machine = newRun(order, clock.mono());
      const wish = machine.wish();
      const running: Running = { request, machine, wish, measuring: vision.measure(wish), cancelTick: () => {} };
      this.#running = running;
      machine.bind(running.measuring.session);
      const noFace = request.proven && this.#faceless(request) ? 'not_measured' : undefined;
      const whyNot = this.whyNot(target.factor, level) ?? noFace;
      if (whyNot !== undefined) machine.failed(whyNot, clock.mono());
      if (machine.end !== undefined) queueMicrotask(() => this.#look(running));
      else this.#tick(running);
      return this.#handle(running);
    } catch (thrown) {
      this.stop();
      this.#parts.onFault(toError(thrown));
      queueMicrotask(() => request.onEnd(resultOf(this.#broken(request), request.proven, clock.mono())));
      return noRun(() => this.ahead(target.factor, level));
    }
  }

  /** Ends the run without a result. */
  stop(): void {
    const running = this.#running;
    this.#running = undefined;
    running?.cancelTick();
    running?.measuring.stop();
  }

  #handle(running: Running): RunningLiveness {
    const { machine, request } = running;
    const now = (): number => this.#parts.clock.mono();
    const told = (tell: () => boolean): boolean => {
      let taken = false;
      this.#step(running, () => {
        taken = tell();
      });
      return taken;
    };
    return {
      view: () => {
        let view = this.ahead(request.target.factor, request.level);
        this.#step(running, () => {
          view = machine.view(now());
        });
        return view;
      },
      shown: (id) => told(() => machine.shown(id, now())),
      skip: (id) => told(() => machine.skip(id, now())),
      stop: () => this.#left(running),
    };
  }

  /** Somebody goes away from his run. */
  #left(running: Running): FactorResult | undefined {
    if (this.#running !== running) return undefined;
    this.stop();
    return leaveRun(running.machine, running.request.proven, this.#parts.clock.mono());
  }

  #listen(): void {
    // The port has no way to end a subscription: one for the life of the factor.
    if (this.#listening) return;
    this.#listening = true;
    const { vision, clock } = this.#parts;
    vision.onResult((result) => {
      if (result.faces.some(isNear)) this.#nearAt = Math.max(this.#nearAt, Math.min(result.capturedAt, clock.mono()));
      const running = this.#running;
      if (running !== undefined) this.#step(running, () => running.machine.see(result));
    });
    vision.onStatus(() => {
      const running = this.#running;
      if (running === undefined) return;
      const { target, level } = running.request;
      const whyNot = this.whyNot(target.factor, level);
      if (whyNot !== undefined) this.#step(running, () => running.machine.failed(whyNot, clock.mono()));
    });
  }

  #tick(running: Running): void {
    running.cancelTick = this.#parts.clock.after(TICK_MS, () => {
      this.#step(running, () => running.machine.tick(this.#parts.clock.mono()));
      if (this.#running === running) this.#tick(running);
    });
  }

  /** Lets something happen to the run; a run that throws is over and has not passed. */
  #step(running: Running, happen: () => void): void {
    if (this.#running !== running) return;
    try {
      happen();
      this.#look(running);
    } catch (thrown) {
      this.#parts.onFault(toError(thrown));
      this.#finish(running, this.#broken(running.request));
    }
  }

  /** Has measured what is wanted by now, or ends. */
  #look(running: Running): void {
    if (this.#running !== running) return;
    const { machine, measuring } = running;
    const wish = machine.wish();
    if (machine.end !== undefined) this.#finish(running, machine.end);
    else if (!sameWish(wish, running.wish)) {
      running.wish = wish;
      measuring.change(wish);
    }
  }

  #finish(running: Running, evidence: LivenessEvidence): void {
    if (this.#running !== running) return;
    const { request } = running;
    const told = evidence.state === 'passed' && this.#faceless(request) ? this.#broken(request) : evidence;
    this.stop();
    request.onEnd(resultOf(told, request.proven, this.#parts.clock.mono()));
  }

  #order(request: LivenessRequest): LivenessOrder {
    const { vision, random, cameraStanding, frameIntervalMs } = this.#parts;
    const [{ target, level }, { liveness }] = [request, this.#parts.config];
    const status = vision.status();
    const reference = this.#reference(request);
    const poseTake = takesPose(liveness, target.factor);
    const enrolled = target.who.kind === 'person' ? this.#pose(target.who.personId) : undefined;
    return {
      id: random.uuid7(),
      factor: target.factor,
      level,
      actions: measurableActions(liveness.actions, status.networks ?? {}),
      poseTake,
      light: liveness.light && level === 'full',
      totalMs: totalMs(liveness, target.factor, level),
      passiveThreshold: liveness.passiveThreshold,
      sameFace: sameFaceThreshold(status.pack, this.#parts) ?? NEVER,
      ...(reference && { reference }),
      networks: shortNetworks(status),
      camera: cameraStanding(),
      frameIntervalMs,
      pick: (n) => pickFrom(random, n),
      ...(poseTake && { judgePose: (take) => this.#parts.judgePose(take, enrolled) }),
    };
  }

  /**
   * Whose face it has to be. Before anything was proved, somebody without a face is compared with nobody's, as a name is
   * that nobody has.
   */
  #reference({ target, proven }: LivenessRequest): LivenessOrder['reference'] {
    if (!target.bound) return undefined;
    const face = target.who.kind === 'person' ? this.#face(target.who.personId) : undefined;
    if (face?.kind === 'ready') return { vector: face.vector, threshold: face.threshold };
    if (proven && face?.kind === 'unavailable') return undefined;
    const vector = new Float32Array(this.#parts.vision.status().pack?.dim ?? 1);
    vector[0] = 1;
    return { vector, threshold: NEVER };
  }

  /** It has to be the face of somebody who has none that could be compared, or withdrew it meanwhile. */
  #faceless({ target: { bound, who } }: LivenessRequest): boolean {
    return bound && who.kind === 'person' && this.#face(who.personId).kind === 'unavailable';
  }

  #face(personId: string) {
    return faceReferenceOf(personId, this.#parts.vision.status().pack, this.#parts);
  }

  /** The pose signature of a person, where the running network made it. */
  #pose(personId: string): Template | undefined {
    return poseTemplateOf(personId, this.#parts.vision.status().networks?.body, this.#parts);
  }

  #broken({ target, level }: LivenessRequest): LivenessEvidence {
    const { kind, demo } = this.#parts.cameraStanding();
    return brokenRun(target, level, 'fault', { kind, demo });
  }
}

/** A run that never began. */
function noRun(view: RunningLiveness['view']): RunningLiveness {
  return { view, shown: () => false, skip: () => false, stop: () => undefined };
}
