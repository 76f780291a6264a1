import { z } from 'zod';
import type { ClockState } from '../domain/attendance.js';
import { type Decision, PURPOSES } from '../domain/decision.js';
import { FACTOR_KINDS, type FactorResult, OTP_CHANNELS } from '../domain/factor.js';
import type { LivenessEvidence } from '../domain/liveness/evidence.js';
import { REASONS } from '../domain/reason.js';
import { evidenceSchema } from './evidence-schema.js';

/** A decision in the audit: with wall time and the state of the clocks, without pictures and vectors. */
export interface JournaledDecision extends Decision {
  /** RFC 3339 UTC. */
  readonly wall: string;
  readonly clock: ClockState;
  /** The attendance event that came of it. */
  readonly eventId?: string;
}

/** A run's record has about 2 kB; one that is longer is left out of the journal, its result stays. */
const EVIDENCE_BYTES = 8192;
/** So many runs of one decision are kept with their record, the newest ones. */
const EVIDENCE_KEPT = 8;

const factorSchema = z.strictObject({
  kind: z.enum(FACTOR_KINDS),
  outcome: z.enum(['passed', 'failed', 'unavailable']),
  reason: z.enum(REASONS),
  score: z.number().optional(),
  threshold: z.number().optional(),
  mode: z.enum(['1:1', '1:N']).optional(),
  gallery: z.int().optional(),
  fmr: z.number().optional(),
  model: z.string().optional(),
  channel: z.enum(OTP_CHANNELS).optional(),
  evidence: evidenceSchema.optional(),
  at: z.number(),
});

const lineSchema = z.strictObject({
  id: z.string(),
  purpose: z.enum(PURPOSES),
  outcome: z.enum(['granted', 'denied']),
  reason: z.enum(REASONS),
  personId: z.string().optional(),
  factors: z.array(factorSchema),
  at: z.number(),
  wall: z.string(),
  clock: z.strictObject({
    sync: z.enum(['ntp', 'rtc', 'none']),
    offsetMs: z.number().optional(),
    boot: z.string(),
    monoMs: z.number(),
  }),
  eventId: z.string().optional(),
});

/** The decision as the journal keeps it: records of runs that are too long or too many are left out. */
export function keptOf<D extends Decision>(decision: D): D {
  const withRecord = decision.factors.filter(({ evidence }) => evidence !== undefined);
  const kept = new Set(withRecord.slice(-EVIDENCE_KEPT));
  return { ...decision, factors: decision.factors.map((factor) => keptFactor(factor, kept.has(factor))) };
}

/** Undefined for a line that cannot be read. */
export function parseLine(line: string): JournaledDecision | undefined {
  try {
    const parsed = lineSchema.safeParse(JSON.parse(line));
    return parsed.success ? (parsed.data as JournaledDecision) : undefined;
  } catch {
    return undefined;
  }
}

function keptFactor({ evidence, ...factor }: FactorResult, keep: boolean): FactorResult {
  if (evidence === undefined || !keep) return factor;
  const record = measured(evidence);
  const parsed = evidenceSchema.safeParse(record);
  if (!parsed.success || Buffer.byteLength(JSON.stringify(record)) > EVIDENCE_BYTES) return factor;
  return { ...factor, evidence: parsed.data as LivenessEvidence };
}

/** Without what is no number: JSON has no word for it, and what was not measured is left out. */
function measured(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(measured);
  if (typeof value !== 'object' || value === null) return value;
  const isSaid = ([, one]: [string, unknown]): boolean => !(typeof one === 'number' && !Number.isFinite(one));
  const said = Object.entries(value).filter((entry) => entry[1] !== undefined && isSaid(entry));
  return Object.fromEntries(said.map(([name, one]) => [name, measured(one)]));
}
