/** The independent questions of liveness, in the order in which a failure is named (docs/liveness.md). */
export const GATE_NAMES = ['capture', 'passive', 'active', 'binding'] as const;
export type GateName = (typeof GATE_NAMES)[number];

/** `unavailable`: the question could not be asked, which never counts as an answer. */
export type GateState = 'passed' | 'failed' | 'unavailable';

/** Why a gate, an action or a whole run ended as it did; closed list, shown by the page in its language. */
export const LIVENESS_REASONS = [
  'ok',
  // capture
  'camera_not_allowed',
  'camera_changed',
  'camera_lost',
  'frames_repeated',
  'frames_missing',
  'several_faces',
  'face_too_small',
  // passive
  'no_network',
  'too_few_frames',
  'looks_like_picture',
  // active
  'no_movement',
  'flat_picture',
  'wrong_action',
  'too_early',
  'too_late',
  'track_lost',
  'page_gone',
  'out_of_time',
  'no_action_left',
  // binding
  'other_face',
  // pose
  'body_not_seen',
  'pose_still',
  'pose_mismatch',
  'no_pose_enrolled',
  // light
  'light_mismatch',
  // any
  'not_measured',
  'fault',
] as const;
export type LivenessReason = (typeof LIVENESS_REASONS)[number];

/** What one gate said, with what it rests on. A missing score was not measured. */
export interface GateResult {
  readonly gate: GateName;
  readonly state: GateState;
  readonly reason: LivenessReason;
  readonly score?: number;
  readonly threshold?: number;
  /** Frames that the answer rests on. */
  readonly frames?: number;
  /** Time between the first and the last of them, ms. */
  readonly spanMs?: number;
  /** Further measures by name, for the record. */
  readonly facts?: Readonly<Record<string, number | string | boolean>>;
}
