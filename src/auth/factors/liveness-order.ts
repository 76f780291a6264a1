import type { Config } from '../../config/schema.js';
import type { LivenessTarget } from '../../domain/attempt.js';
import { MOST_SKIPS } from '../../domain/liveness/challenge.js';
import { DRAWN_ACTIONS, measurableActions } from '../../domain/liveness/challenge-draw.js';
import type { LivenessLevel, PoseEvidence } from '../../domain/liveness/evidence.js';
import type { LivenessReason } from '../../domain/liveness/gate.js';
import type { LivenessOrder, PoseTake } from '../../domain/liveness/run-order.js';
import type { Template } from '../../domain/template.js';
import type { MeasureNetworks, MeasureWish, VisionStatus } from '../../ports/vision.js';
import type { RunAhead } from '../liveness-runs.js';

type Settings = Config['liveness'];
type Factor = LivenessTarget['factor'];

/** A passive run is decided within two seconds where somebody looks into the camera; longer helps nobody (design value). */
const PASSIVE_MS = 10_000;
/** Countdown, four seconds of movement and some room. */
const POSE_TAKE_MS = 7_000;
/** Four colours and the moments before and after. */
const LIGHT_MS = 4_000;
/** `sha256:` and the first 16 hex digits. */
const SHORT_HASH = 'sha256:'.length + 16;

/** Compares a pose take with what the person enrolled, by the configured mode and checks. */
export type PoseJudge = (take: PoseTake, enrolled: Template | undefined) => PoseEvidence;

/** Whether a pose take belongs to the factor pose. */
export function takesPose(settings: Settings, factor: Factor): boolean {
  return factor === 'pose' && (settings.poseSignature !== 'off' || settings.poseChecks.length > 0);
}

/** The whole run ends after this time, ms. */
export function totalMs(settings: Settings, factor: Factor, level: LivenessLevel): number {
  if (level === 'passive') return Math.min(PASSIVE_MS, settings.challengeSeconds * 1000);
  const further = (takesPose(settings, factor) ? POSE_TAKE_MS : 0) + (settings.light ? LIGHT_MS : 0);
  return settings.challengeSeconds * 1000 + further;
}

/** Why a run could not pass with these networks; undefined when it could. */
export function missingNetwork(
  settings: Settings,
  factor: Factor,
  level: LivenessLevel,
  networks: MeasureNetworks = {},
): LivenessReason | undefined {
  const missing =
    (factor === 'liveness' && networks.passive === undefined) ||
    (level === 'full' && measurableActions(settings.actions, networks).length < DRAWN_ACTIONS) ||
    (takesPose(settings, factor) && networks.body === undefined);
  return missing ? 'no_network' : undefined;
}

/** What the page shows before a run began. */
export function viewAhead(settings: Settings, factor: Factor, level: LivenessLevel, inSight: boolean): RunAhead {
  return {
    phase: level === 'passive' ? 'passive' : 'neutral',
    progress: 0,
    ...(!inSight && { hint: 'no_face' as const }),
    skipsLeft: level === 'passive' ? 0 : MOST_SKIPS,
    remainingMs: totalMs(settings, factor, level),
    ...(settings.light && level === 'full' && { lightAhead: true }),
    ...(takesPose(settings, factor) && { gestureAhead: true }),
  };
}

/** Networks for the record. */
export function shortNetworks({ networks = {} }: VisionStatus): LivenessOrder['networks'] {
  const short = (hash: string | undefined): string | undefined => hash?.slice(0, SHORT_HASH);
  const [passive, mesh, body] = [short(networks.passive), short(networks.mesh), short(networks.body)];
  return { ...(passive && { passive }), ...(mesh && { mesh }), ...(body && { body }) };
}

/** Frames come, and faces are found in them. */
export function sees({ process, camera, pack }: VisionStatus): boolean {
  return process === 'running' && camera === 'running' && pack !== undefined;
}

export function sameWish(a: MeasureWish, b: MeasureWish): boolean {
  return a.passive === b.passive && a.mesh === b.mesh && a.body === b.body && a.colour === b.colour;
}
