import { VestibuleError } from '../domain/errors.js';
import { scrub } from './scrub.js';

/**
 * The only keys that a log line may carry beside level, time, message and error. Everything else is left out and
 * counted, so that names, numbers, codes, vectors and pictures cannot get in by way of a careless call.
 */
const LOGGED_KEYS = [
  'action',
  'address',
  'attempt',
  'broker',
  'bytes',
  'camera',
  'changed',
  'code',
  'count',
  'cursor',
  'decisionId',
  'delayMs',
  'detail',
  'directory',
  'durationMs',
  'engine',
  'eventId',
  'exitCode',
  'faults',
  'file',
  'fps',
  'freeBytes',
  'height',
  'kiosk',
  'kind',
  'level',
  'limit',
  'line',
  'method',
  'model',
  'pack',
  'part',
  'personId',
  'pid',
  'port',
  'process',
  'protocol',
  'reason',
  'restarts',
  'route',
  'rssBytes',
  'seq',
  'signal',
  'site',
  'source',
  'state',
  'status',
  'step',
  'topic',
  'url',
  'version',
  'waiting',
  'width',
  'window',
] as const;

export type LoggedKey = (typeof LOGGED_KEYS)[number];
export type LogValue = string | number | boolean | undefined;

/** Facts of one log line. `error` may be anything that was thrown. */
export type LogContext = Readonly<Partial<Record<LoggedKey, LogValue>>> & { readonly error?: unknown };

const ALLOWED: ReadonlySet<string> = new Set(LOGGED_KEYS);
/** Values of these keys must have their own form, whatever the caller passes. */
const FORMS: Readonly<Record<string, RegExp>> = {
  /** A fault or errno code or a protocol's reason code; never a one-time code. */
  code: /^(?:[a-z]+(?:_[a-z]+)+|[A-Z][A-Z0-9_]{2,}|\d{1,3})$/,
  personId: /^p_[0-9a-f]{12}$/,
  eventId: /^[0-9a-f-]{36}$/,
  decisionId: /^[0-9a-f-]{36}$/,
};

/** What is written of a context: allowed keys with text, number or truth value; `dropped` counts the rest. */
export function safeContext(context: Readonly<Record<string, unknown>>, stacks: boolean): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  let dropped = 0;
  for (const [key, value] of Object.entries(context)) {
    if (value === undefined) continue;
    if (key === 'error') out.error = safeError(value, stacks);
    else if (!ALLOWED.has(key)) dropped++;
    else if (FORMS[key]?.test(String(value)) === false) dropped++;
    else if (typeof value === 'string') out[key] = scrub(value);
    else if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) out[key] = value;
    else dropped++;
  }
  if (dropped > 0) out.dropped = dropped;
  return out;
}

/**
 * What is written of an error. Our own faults give code, message and allowed context; of a foreign error only its
 * class and code are written, because its message may quote what a person typed. Frames of the
 * stack only with `stacks`, without the line that holds the message.
 */
function safeError(thrown: unknown, stacks: boolean, depth = 0): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const out: Record<string, unknown> = { type: scrub(thrown.constructor.name) };
  if (thrown instanceof VestibuleError) {
    out.code = thrown.code;
    out.message = scrub(thrown.message);
    Object.assign(out, safeContext(thrown.context, false));
  } else {
    const code: unknown = (thrown as { code?: unknown }).code;
    if (typeof code === 'string' && /^[A-Z0-9_]{2,60}$/.test(code)) out.code = code;
    else if (typeof code === 'number') out.code = code;
  }
  if (stacks) out.stack = framesOf(thrown);
  if (thrown.cause !== undefined && depth < 3) out.cause = safeError(thrown.cause, stacks, depth + 1);
  return out;
}

function framesOf(error: Error): readonly string[] {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .map((line) => scrub(line.trim()));
}
