import type { MessengerFault } from '../ports/messenger.js';

/** A failed request as the kiosk may show and log it: nothing of the provider's texts, of the request or the account. */
export interface TwilioFailure {
  readonly kind: 'failure';
  /** Twilio's error code. */
  readonly code?: number;
  readonly outcome: {
    readonly kind: 'fault';
    readonly fault: MessengerFault;
    readonly retryAfterMs?: number;
    readonly detail: string;
  };
}

/** Twilio's error codes that mean more than their HTTP status (https://www.twilio.com/docs/api/errors). */
const CODES: Readonly<Record<number, MessengerFault>> = {
  20003: 'not_configured', // wrong account or token
  20005: 'not_configured', // account not active
  20008: 'not_configured', // test credentials
  20404: 'not_configured', // no such service (a check means something else by it)
  20429: 'rate_limited',
  21211: 'destination_refused', // invalid To
  21212: 'not_configured', // invalid From
  21401: 'not_configured', // From cannot send messages
  21408: 'destination_refused', // region not allowed for this account
  21606: 'not_configured', // From is not a sender of this account
  21608: 'destination_refused', // trial account, number not verified
  21610: 'destination_refused', // the recipient answered STOP
  21612: 'channel_unsuited', // no route to this number
  21614: 'channel_unsuited', // not a mobile number
  21635: 'channel_unsuited', // landline
  21701: 'not_configured', // no such messaging service
  60200: 'destination_refused', // invalid parameter; all others are ours and fixed
  60202: 'rate_limited', // five checks used: nothing new until the verification expires
  60203: 'rate_limited', // five sends used
  60205: 'channel_unsuited', // landline
  60207: 'rate_limited',
  60212: 'rate_limited',
  60217: 'not_configured', // service configuration
  60223: 'not_configured', // channel switched off in the service
  60238: 'destination_refused', // blocked by Twilio
  60410: 'destination_refused', // prefix blocked after signs of fraud
  60605: 'destination_refused', // blocked by the geographic permissions
};

/** Longest wait that is taken over from a Retry-After, ms. */
const LONGEST_WAIT_MS = 3_600_000;

/** What was thrown, reduced to numbers and names of error classes. */
export function twilioFailure(thrown: unknown, retryAfterMs: number | undefined): TwilioFailure {
  const { isAxiosError, status, code } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Readonly<
    Record<string, unknown>
  >;
  if (isAxiosError === true || typeof status !== 'number') {
    const name = typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,50}$/.test(code) ? code : 'bad_answer';
    return failed('unreachable', name);
  }
  const known = typeof code === 'number' && code >= 10_000 && code <= 99_999 ? code : undefined;
  const fault = (known === undefined ? undefined : CODES[known]) ?? faultOfStatus(status);
  return failed(fault, known === undefined ? `HTTP ${status}` : String(known), { code: known, retryAfterMs });
}

export function failed(
  fault: MessengerFault,
  detail: string,
  more: { readonly code?: number | undefined; readonly retryAfterMs?: number | undefined } = {},
): TwilioFailure {
  const { code, retryAfterMs } = more;
  return {
    kind: 'failure',
    ...(code !== undefined && { code }),
    outcome: { kind: 'fault', fault, ...(retryAfterMs !== undefined && { retryAfterMs }), detail },
  };
}

function faultOfStatus(status: number): MessengerFault {
  if (status === 401 || status === 403 || status === 404) return 'not_configured';
  if (status === 429) return 'rate_limited';
  return status >= 400 && status < 500 && status !== 408 ? 'refused' : 'unreachable';
}

/** A Retry-After in seconds or as a date (RFC 9110 10.2.3), ms from now, at most an hour. */
export function retryAfterMs(header: unknown, nowMs: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(wait) ? Math.min(Math.max(0, Math.round(wait)), LONGEST_WAIT_MS) : undefined;
}
