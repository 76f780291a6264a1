import type { CameraKind, CameraStanding } from '../auth/camera-standing.js';
import type { ChallengeAction } from '../domain/liveness/action.js';
import type { LivenessReason } from '../domain/liveness/gate.js';

/** Reasons as the command line says them. */
export const REASON_WORDS: Readonly<Record<LivenessReason, string>> = {
  ok: 'ok',
  camera_not_allowed: 'this camera does not count for liveness',
  camera_changed: 'another camera than the recorded one',
  camera_lost: 'the camera was lost',
  frames_repeated: 'the same pictures came again',
  frames_missing: 'pictures are missing, or their clock went back',
  several_faces: 'several faces',
  face_too_small: 'the face was too small',
  no_network: 'a network is not installed',
  too_few_frames: 'too few usable frames',
  looks_like_picture: 'looks like a screen or a print',
  no_movement: 'no movement',
  flat_picture: 'a flat picture was moved',
  wrong_action: 'another action than the one asked for',
  too_early: 'moved before it was asked to',
  too_late: 'moved too late',
  track_lost: 'the face was lost or jumped',
  page_gone: 'the page did not show the prompt',
  out_of_time: 'out of time',
  no_action_left: 'no further action to ask for',
  other_face: 'another face than before',
  body_not_seen: 'the body was not seen',
  pose_still: 'nothing moved in the gesture',
  pose_mismatch: 'the gesture does not match the stored one',
  no_pose_enrolled: 'no gesture is stored',
  light_mismatch: 'the face did not answer to the light of the screen',
  not_measured: 'not measured',
  fault: 'a fault inside; see the log',
};

export const ACTION_WORDS: Readonly<Record<ChallengeAction, string>> = {
  turn_left: 'turn your head to your left',
  turn_right: 'turn your head to your right',
  look_up: 'look up',
  look_down: 'look down',
  open_mouth: 'open your mouth',
  blink: 'close your eyes for a moment',
  raise_left_hand: 'raise your left hand',
  raise_right_hand: 'raise your right hand',
  lean_left: 'lean to your left',
  lean_right: 'lean to your right',
};

export const CAMERA_WORDS: Readonly<Record<CameraKind, string>> = {
  usb: 'a USB camera',
  sensor: 'a sensor of this machine',
  virtual: 'a device made by software',
  recording: 'a recording',
  demo: 'the demo camera',
  browser: 'the camera of a browser',
  unknown: 'a camera that cannot be told from another (address, pipeline or stills)',
  none: 'no camera',
};

/** The standing of a camera as a sentence. @param pinned whether one is recorded */
export function standingWords({ kind, demo, refused }: CameraStanding, pinned: boolean): string {
  if (demo) return `${CAMERA_WORDS[kind]} counts for liveness only because liveness.camera is demo.`;
  if (refused === undefined) return `${CAMERA_WORDS[kind]} counts for liveness.`;
  if (refused === 'camera_changed') return 'Another camera than the recorded one: it does not count for liveness.';
  if (refused === 'camera_lost') return 'No camera is there.';
  if ((kind === 'usb' || kind === 'sensor') && !pinned)
    return 'No camera is recorded yet; with liveness or pose in the policy the first one that runs is.';
  return `${CAMERA_WORDS[kind]} does not count for liveness.`;
}
