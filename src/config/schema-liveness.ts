import { z } from 'zod';
import { CHALLENGE_ACTIONS, isTurn } from '../domain/liveness/action.js';
import { LIVENESS_LEVELS } from '../domain/liveness/evidence.js';

const level = z.enum(LIVENESS_LEVELS);

export const livenessSchema = z.strictObject({
  attend: level
    .default('passive')
    .describe('Gates of the factor liveness for a punch: passive, or full with challenge.'),
  login: level.default('full').describe('The same for a session.'),
  door: level.default('full').describe('The same for a door.'),
  admin: level.default('full').describe('The same for the administration.'),
  camera: z
    .enum(['pinned', 'demo'])
    .default('pinned')
    .describe(
      'pinned: liveness counts only with the camera that was recorded at set-up. demo: recordings and any camera count too; never use it at a door.',
    ),
  passiveThreshold: z
    .number()
    .min(0.3)
    .max(0.95)
    .default(0.5)
    .describe('Least median P(live) of the passive gate (docs/liveness.md).'),
  actions: z
    .array(z.enum(CHALLENGE_ACTIONS))
    .min(3)
    .refine((actions) => new Set(actions).size >= 3, 'name at least three different actions: three are drawn')
    .refine((actions) => actions.some(isTurn), 'name turn_left or turn_right: only a turn tells a head from a picture')
    .default([...CHALLENGE_ACTIONS])
    .describe('Actions that a challenge may ask for; three are drawn, at least one of them a turn.'),
  challengeSeconds: z.int().min(12).max(60).default(20).describe('A challenge ends after this time.'),
  light: z
    .boolean()
    .default(false)
    .describe('Show a random sequence of colours as a further part of the challenge. Not measured yet.'),
  poseSignature: z
    .enum(['off', 'record', 'required'])
    .default('off')
    .describe(
      'Body motion in the factor pose: off, record (compared and noted only), or required (must match the enrolled one).',
    ),
  poseChecks: z
    .array(z.enum(['movement-variance']))
    .default([])
    .describe('Further checks of the factor pose: movement-variance (total movement and temporal variance).'),
});
