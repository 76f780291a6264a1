/** What a person may be asked to do. Left and right are the person's own. */
export const CHALLENGE_ACTIONS = [
  'turn_left',
  'turn_right',
  'look_up',
  'look_down',
  'open_mouth',
  'blink',
  'raise_left_hand',
  'raise_right_hand',
  'lean_left',
  'lean_right',
] as const;
export type ChallengeAction = (typeof CHALLENGE_ACTIONS)[number];

/** Actions that show depth: a flat picture cannot do them. At least one of them is part of every challenge. */
export const TURN_ACTIONS = ['turn_left', 'turn_right'] as const satisfies readonly ChallengeAction[];
/** Actions that are seen by the points of the body; the others by the face mesh. */
const BODY_ACTIONS = [
  'raise_left_hand',
  'raise_right_hand',
  'lean_left',
  'lean_right',
] as const satisfies readonly ChallengeAction[];

export function isTurn(action: ChallengeAction): boolean {
  return TURN_ACTIONS.some((one) => one === action);
}

export function needsBody(action: ChallengeAction): boolean {
  return BODY_ACTIONS.some((one) => one === action);
}

/** What of the body has to be in the picture at rest for an action to be seen. */
export type BodyNeed = 'none' | 'shoulders' | 'arms';

/** `arms`: shoulders and elbows have to be seen; `shoulders`: these alone. */
export function bodyNeed(action: ChallengeAction): BodyNeed {
  if (!needsBody(action)) return 'none';
  return action === 'lean_left' || action === 'lean_right' ? 'shoulders' : 'arms';
}
