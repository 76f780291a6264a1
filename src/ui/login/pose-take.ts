/** Length of a pose take in ms, as the daemon counts it; what remains beyond it is the count-down before the take. */
export const POSE_TAKE_MS = 4000;
