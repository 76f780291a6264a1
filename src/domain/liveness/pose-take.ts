/** A take begins so long after it was asked for: the person puts the arms down and gets ready. */
export const POSE_COUNTDOWN_MS = 1000;
/** Body motion of one take. Set-up and comparison last equally long: the gestures are compared step by step in time. */
export const POSE_TAKE_MS = 4000;
/** Frames with the upper body that a take needs to be compared: three a second. */
export const POSE_LEAST_FRAMES = 12;
/** The same to be enrolled: five a second. */
export const POSE_ENROL_FRAMES = 20;
