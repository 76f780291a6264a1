import { FAULTS, type FaultCode, VestibuleError } from '../domain/errors.js';
import type { WireError } from './contract.js';

type AnswerHeaders = Readonly<Record<string, string | string[]>>;

/** A request that is answered with an error: status, stable code, what is wrong, what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly mend: string;
  readonly headers: AnswerHeaders;

  constructor(status: number, code: string, message: string, mend: string, headers: AnswerHeaders = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.mend = mend;
    this.headers = headers;
  }
}

/** HTTP status of a fault. Faults that are not listed are the kiosk's own: 500. */
const STATUS_OF_FAULT: Partial<Record<FaultCode, number>> = {
  input_invalid: 400,
  person_unknown: 404,
  person_exists: 409,
  user_name_taken: 409,
  password_refused: 422,
  registration_closed: 403,
  invitation_invalid: 403,
  factors_missing: 403,
  not_permitted: 403,
  attempt_over: 410,
  busy: 429,
  messenger_failed: 502,
  enrolment_refused: 409,
  pack_mismatch: 409,
  image_refused: 422,
  vision_unavailable: 503,
  camera_missing: 503,
  camera_stalled: 503,
  pack_missing: 503,
  vision_timeout: 504,
  storage_full: 507,
};

export interface ErrorAnswer {
  readonly status: number;
  readonly body: WireError;
  readonly headers: AnswerHeaders;
}

/** Seconds after which it is worth another try: what the fault says, otherwise a moment. */
function retryAfter(waitMs: unknown): string {
  return String(typeof waitMs === 'number' && waitMs > 0 ? Math.ceil(waitMs / 1000) : 2);
}

/** Codes of what is wrong with a password or PIN, for pages that speak other languages. */
function reasonsOf({ code, context }: VestibuleError): Pick<WireError, 'reasons'> {
  if (code !== 'password_refused' || typeof context.reasons !== 'string') return {};
  return { reasons: context.reasons.split(',') };
}

/** The answer to anything thrown. An unknown error says nothing of itself to the caller. */
export function errorAnswer(thrown: unknown): ErrorAnswer {
  if (thrown instanceof Refusal) {
    return {
      status: thrown.status,
      body: { error: thrown.code, message: thrown.message, mend: thrown.mend },
      headers: thrown.headers,
    };
  }
  if (thrown instanceof VestibuleError) {
    return {
      status: STATUS_OF_FAULT[thrown.code] ?? 500,
      body: { error: thrown.code, message: thrown.message, mend: FAULTS[thrown.code], ...reasonsOf(thrown) },
      headers: thrown.code === 'busy' ? { 'Retry-After': retryAfter(thrown.context.waitMs) } : {},
    };
  }
  return {
    status: 500,
    body: {
      error: 'internal',
      message: 'The kiosk made a mistake.',
      mend: 'Try again. If it happens again, look in the log of the kiosk.',
    },
    headers: {},
  };
}
