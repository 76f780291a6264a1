/** What the page tells the person to do; a closed list, one string per language for each. */
export const GUIDANCE_CODES = [
  'no_face',
  'too_far',
  'too_close',
  'look_straight',
  'too_dark',
  'too_bright',
  'blurred',
  'hold_still',
  'one_at_a_time',
] as const;
export type GuidanceCode = (typeof GUIDANCE_CODES)[number];
