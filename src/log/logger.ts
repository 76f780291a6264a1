import { pino } from 'pino';
import prettyStream from 'pino-pretty';
import { type LogContext, safeContext } from './context.js';
import { scrub } from './scrub.js';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Takes whole lines, each with its line end. */
export interface LogDestination {
  write(line: string): unknown;
}

/** The log of one part. Messages are fixed sentences; what varies goes into the context. */
export interface Log {
  trace(message: string, context?: LogContext): void;
  debug(message: string, context?: LogContext): void;
  info(message: string, context?: LogContext): void;
  warn(message: string, context?: LogContext): void;
  error(message: string, context?: LogContext): void;
  /** A log whose lines carry the name of a part. Shares the level. */
  child(part: string): Log;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Default: standard output, written at once. */
  readonly destination?: LogDestination;
  /** Lines begin with `<3>` to `<7>` and carry no time: the journal has both. */
  readonly journal: boolean;
  /** For eyes, with colours on a terminal. */
  readonly pretty: boolean;
}

export interface RootLog extends Log {
  readonly level: LogLevel;
  /** Takes effect for this log and all its children at once. */
  setLevel(level: LogLevel): void;
}

/** sd-daemon(3) priorities by pino level. */
const PRIORITIES: Readonly<Record<string, string>> = {
  trace: '<7>',
  debug: '<7>',
  info: '<6>',
  warn: '<4>',
  error: '<3>',
};

/** Where and how to log on this machine: the journal under systemd, pretty on a terminal, else JSON lines. */
export function logForm(
  env: Readonly<Record<string, string | undefined>>,
  terminal: boolean,
): Pick<LoggerOptions, 'journal' | 'pretty'> {
  const journal = (env.JOURNAL_STREAM ?? '') !== '';
  return { journal, pretty: !journal && terminal };
}

/** One JSON line per call with level, time, message and allowed context only. */
export function createLogger(options: LoggerOptions): RootLog {
  const base = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      timestamp: options.journal ? false : pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream(options),
  );
  let level: LogLevel = options.level;
  const write = (
    at: Exclude<LogLevel, 'silent'>,
    part: string | undefined,
    message: string,
    context: LogContext,
  ): void => {
    if (!base.isLevelEnabled(at)) return;
    const stacks = base.isLevelEnabled('debug');
    base[at]({ ...(part === undefined ? {} : { part }), ...safeContext(context, stacks) }, scrub(message));
  };
  const logOf = (part: string | undefined): Log => ({
    trace: (message, context = {}) => write('trace', part, message, context),
    debug: (message, context = {}) => write('debug', part, message, context),
    info: (message, context = {}) => write('info', part, message, context),
    warn: (message, context = {}) => write('warn', part, message, context),
    error: (message, context = {}) => write('error', part, message, context),
    child: (name) => logOf(scrub(name)),
  });
  return {
    ...logOf(undefined),
    get level() {
      return level;
    },
    setLevel: (next) => {
      level = next;
      base.level = next;
    },
  };
}

function stream(options: LoggerOptions): LogDestination & { write(line: string): void } {
  const target = options.destination ?? pino.destination({ dest: 1, sync: true });
  if (options.pretty) {
    const colorize = options.destination === undefined && process.stdout.isTTY === true;
    const settings = {
      colorize,
      messageKey: 'message',
      translateTime: 'SYS:HH:MM:ss.l',
      singleLine: true,
      errorLikeObjectKeys: [],
      sync: true,
    };
    if (options.destination === undefined) return prettyStream({ ...settings, destination: 1 });
    const format = prettyStream.prettyFactory(settings);
    return { write: (line) => void target.write(format(line) ?? line) };
  }
  if (!options.journal) return { write: (line) => void target.write(line) };
  return { write: (line) => void target.write(`${priorityOf(line)}${line}`) };
}

/** pino writes the level first, so the label is found without parsing the line. */
function priorityOf(line: string): string {
  const label = /^\{"level":"([a-z]+)"/.exec(line)?.[1] ?? 'info';
  return PRIORITIES[label] ?? '<6>';
}
