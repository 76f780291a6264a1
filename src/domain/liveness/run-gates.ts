import { Binding } from './binding.js';
import { CaptureGate } from './capture-gate.js';
import { Challenge, type ChallengeParts } from './challenge.js';
import type { FaceAngle } from './face-angle.js';
import type { Reading } from './frame-reader.js';
import type { GateName, GateResult, LivenessReason } from './gate.js';
import type { LightStage } from './light-stage.js';
import type { MeasuredFrame } from './measured-frame.js';
import { PassiveWindow } from './passive-window.js';
import type { LivenessOrder } from './run-order.js';
import { askGate, neededGates } from './verdict.js';

/** The gates of one run, and which of them it needs. */
export class RunGates {
  readonly needed: readonly GateName[];
  readonly capture: CaptureGate;
  readonly passive: PassiveWindow;
  readonly binding: Binding;
  /** Absent at level passive. */
  readonly challenge: Challenge | undefined;
  readonly #light: boolean;

  /** @param parts what looks for actions, where it is not what the kiosk looks with */
  constructor(order: LivenessOrder, at: number, parts: Omit<ChallengeParts, 'order'>) {
    this.needed = neededGates(order.factor, order.level);
    this.capture = new CaptureGate(order);
    this.passive = new PassiveWindow({
      level: order.level,
      threshold: order.passiveThreshold,
      network: order.networks.passive !== undefined,
    });
    this.binding = new Binding(order);
    this.challenge = this.needed.includes('active') ? new Challenge({ ...parts, order }, at) : undefined;
    this.#light = this.challenge !== undefined && order.light;
  }

  get needsPassive(): boolean {
    return this.needed.includes('passive');
  }

  /** One frame of the challenge. Scores and movements only count of a face that is alone and large enough. */
  see({ frame, angle, wentBack }: Reading, ready: boolean): void {
    this.capture.see(frame, angle, wentBack);
    if (wentBack) return;
    const usable = isUsable(frame, this.capture) && angle !== undefined;
    if (usable) {
      this.#bind(frame, angle);
      // A score without an embedding could be of anybody who stands in the same place.
      if (this.needsPassive && frame.face?.embedding !== undefined) this.passive.see(frame, angle);
    }
    const { at, width, height, faces } = frame;
    this.challenge?.see(usable ? frame : { at, width, height, faces }, ready);
  }

  /** One frame after the challenge: it has to be the same camera and the same face, at any size and angle. */
  seeLater({ frame, angle, wentBack }: Reading): void {
    this.capture.see(frame, undefined, wentBack);
    if (!wentBack && isUsable(frame, this.capture) && angle !== undefined) this.#bind(frame, angle);
  }

  #bind(frame: MeasuredFrame, angle: FaceAngle): void {
    const action = this.challenge?.acting;
    this.binding.see(frame, angle, { ...(action && { action }), begun: this.challenge?.begun === true });
  }

  /** The followed face is gone. */
  lost(reason: NonNullable<Reading['lost']>, at: number): void {
    if (reason === 'camera_lost') {
      this.capture.end('camera_lost');
      return;
    }
    this.binding.lost(reason, this.challenge?.begun === true);
    this.passive.restart();
    this.challenge?.restart(at);
  }

  /** Something is so that nothing can make it a pass any more. */
  lostCause(): boolean {
    const { passive, challenge } = this;
    const pictured = this.needsPassive && passive.over && passive.result().state !== 'passed';
    return (
      this.capture.lostCause() ||
      this.binding.failure !== undefined ||
      pictured ||
      (challenge?.over === true && !challenge.passed)
    );
  }

  /** Everything that the camera has to show before what may come after the challenge was shown. */
  complete(): boolean {
    const { passive, challenge, binding } = this;
    return binding.ready && (!this.needsPassive || passive.full) && (challenge === undefined || challenge.passed);
  }

  /** What every needed gate says, in their order. */
  results(light: LightStage | undefined): readonly GateResult[] {
    const ask: Record<GateName, () => GateResult | undefined> = {
      capture: () => this.capture.result(),
      passive: () => this.passive.result(),
      active: () => this.#active(light),
      binding: () => this.binding.result(this.challenge?.verified ?? []),
    };
    return this.needed.map((gate) => askGate(gate, ask[gate]));
  }

  /** The challenge, and the colours where they are a part of it. */
  #active(light: LightStage | undefined): GateResult | undefined {
    const result = this.challenge?.result();
    if (result === undefined || !this.#light || result.state !== 'passed') return result;
    const end: { state: GateResult['state']; reason: LivenessReason } = light?.end ?? {
      state: 'unavailable',
      reason: 'not_measured',
    };
    return { ...result, state: end.state, reason: end.reason };
  }
}

/** One face, alone and large enough. */
export function isUsable(frame: MeasuredFrame, capture: CaptureGate): boolean {
  return frame.face !== undefined && frame.faces === 1 && !capture.tooSmall;
}
