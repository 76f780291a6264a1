import { z } from 'zod';
import { CHALLENGE_ACTIONS } from '../domain/liveness/action.js';
import { LIVENESS_LEVELS } from '../domain/liveness/evidence.js';
import { GATE_NAMES, LIVENESS_REASONS } from '../domain/liveness/gate.js';

const state = z.enum(['passed', 'failed', 'unavailable']);
const reason = z.enum(LIVENESS_REASONS);
const facts = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]));

/** The record of one run of liveness or pose, as the journal and the administration have it. */
export const evidenceSchema = z.strictObject({
  version: z.literal(1),
  factor: z.enum(['liveness', 'pose']),
  level: z.enum(LIVENESS_LEVELS),
  state,
  reason,
  gates: z
    .array(
      z.strictObject({
        gate: z.enum(GATE_NAMES),
        state,
        reason,
        score: z.number().exactOptional(),
        threshold: z.number().exactOptional(),
        frames: z.number().exactOptional(),
        spanMs: z.number().exactOptional(),
        facts: facts.exactOptional(),
      }),
    )
    .readonly(),
  actions: z
    .array(
      z.strictObject({
        action: z.enum(CHALLENGE_ACTIONS),
        outcome: z.enum(['passed', 'failed', 'skipped']),
        reason,
        shownMs: z.number().exactOptional(),
        onsetMs: z.number().exactOptional(),
        verifiedMs: z.number().exactOptional(),
        frames: z.number().exactOptional(),
        measures: z.record(z.string(), z.number()),
      }),
    )
    .readonly(),
  pose: z
    .strictObject({
      frames: z.number(),
      seconds: z.number(),
      totalMovement: z.number().exactOptional(),
      temporalVariance: z.number().exactOptional(),
      distance: z.number().exactOptional(),
      threshold: z.number().exactOptional(),
      state,
      reason,
    })
    .exactOptional(),
  light: facts.exactOptional(),
  networks: z.record(z.string(), z.string()),
  camera: z.strictObject({ kind: z.string(), demo: z.boolean() }),
  frames: z.number(),
  durationMs: z.number(),
});
