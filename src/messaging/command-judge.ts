import { z } from 'zod';
import { FACTOR_KINDS } from '../domain/factor.js';
import type { BusMessage } from '../ports/bus.js';
import type { ResponsePayload } from './payload-schemas.js';
import type { Topics } from './topics.js';

const MAX_BYTES = 4096;
const MAX_DEPTH = 4;
/** `exp` may lie this far ahead, seconds. */
const MAX_AHEAD_SECONDS = 60;

const stamp = {
  transaction: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  exp: z.number().finite(),
};

/** Body of every command; unknown keys are refused. */
const SCHEMAS = {
  ping: z.strictObject(stamp),
  replay: z
    .strictObject({ ...stamp, from_seq: z.int().min(1), to_seq: z.int().min(1).optional() })
    .refine(({ from_seq, to_seq }) => to_seq === undefined || to_seq >= from_seq, 'to_seq is below from_seq'),
  resync: z.strictObject(stamp),
  door: z.strictObject({ ...stamp, action: z.enum(['open', 'unlock', 'lock']), code: z.string().max(16).optional() }),
  factor: z.strictObject({ ...stamp, state: z.enum(['on', 'off']) }),
} as const;

interface CommandBody {
  readonly transaction: string;
  readonly exp: number;
  readonly from_seq?: number | undefined;
  readonly to_seq?: number | undefined;
}

export type CommandName = keyof typeof SCHEMAS;
export const COMMAND_NAMES = Object.keys(SCHEMAS) as readonly CommandName[];

/** A well-formed, fresh command. */
export interface Command {
  readonly name: CommandName;
  readonly transaction: string;
  /** Unix seconds. */
  readonly exp: number;
  readonly fromSeq?: number;
  readonly toSeq?: number;
}

export interface Refusal {
  /** Name for the answer's topic; `unknown` where the command is not one of ours. */
  readonly name: CommandName | 'unknown';
  readonly error: NonNullable<ResponsePayload['error']>;
  readonly message: string;
  readonly transaction?: string;
}

export type Judgement =
  | { readonly kind: 'command'; readonly command: Command }
  | ({ readonly kind: 'refused' } & Refusal);

/** What the judge needs to know of the kiosk. */
export interface JudgeFacts {
  /** Unix seconds. */
  readonly nowSeconds: number;
  readonly clockTrusted: boolean;
  wasUsed(transaction: string): boolean;
}

/** Commands that move something: a wrong clock would let an old one in. */
const MOVING: readonly CommandName[] = ['door', 'factor'];

/**
 * Judges one message under `cmd/` in the order of docs/mqtt.md "Commands", up to the rights of the command. Changes
 * nothing and evaluates nothing.
 */
export function judgeCommand(message: BusMessage, topics: Topics, facts: JudgeFacts): Judgement {
  const name = commandName(message.topic.slice(topics.commandPrefix.length));
  const refuse = (error: Refusal['error'], text: string, transaction?: string): Judgement => ({
    kind: 'refused',
    name: name ?? 'unknown',
    error,
    message: text,
    ...(transaction === undefined ? {} : { transaction }),
  });
  if (message.retain) return refuse('retained', 'commands must not be retained; delete this one at the broker');
  if (message.payload.length > MAX_BYTES) return refuse('malformed', `a command has at most ${MAX_BYTES} bytes`);
  const body = parse(message.payload);
  if (body === undefined) return refuse('malformed', 'a command is one JSON object in UTF-8');
  const transaction = stamp.transaction.safeParse(body.transaction).data;
  if (depth(body) > MAX_DEPTH) return refuse('malformed', `a command is at most ${MAX_DEPTH} levels deep`, transaction);
  if (name === undefined)
    return refuse('malformed', `there is no such command; use ${COMMAND_NAMES.join(', ')}`, transaction);
  const parsed = SCHEMAS[name].safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse('malformed', `${issue?.path.join('.') || name}: ${issue?.message ?? 'invalid'}`, transaction);
  }
  const command: CommandBody = parsed.data;
  const ahead = command.exp - facts.nowSeconds;
  if (ahead <= 0) return refuse('stale', `exp is ${Math.ceil(-ahead)} s in the past`, command.transaction);
  if (ahead > MAX_AHEAD_SECONDS)
    return refuse('stale', `exp is more than ${MAX_AHEAD_SECONDS} s ahead`, command.transaction);
  if (MOVING.includes(name) && !facts.clockTrusted)
    return refuse('clock', 'the clock of the kiosk is not synchronised', command.transaction);
  if (facts.wasUsed(command.transaction))
    return refuse('reused', 'this transaction was used before', command.transaction);
  if (name === 'door' || name === 'factor')
    return refuse('not_permitted', `${name} is not enabled on this kiosk`, command.transaction);
  return {
    kind: 'command',
    command: {
      name,
      transaction: command.transaction,
      exp: command.exp,
      ...(command.from_seq === undefined ? {} : { fromSeq: command.from_seq }),
      ...(command.to_seq === undefined ? {} : { toSeq: command.to_seq }),
    },
  };
}

function commandName(path: string): CommandName | undefined {
  const [first = '', kind, ...rest] = path.split('/');
  if (first === 'factor')
    return rest.length === 0 && FACTOR_KINDS.some((known) => known === kind) ? 'factor' : undefined;
  return kind === undefined ? COMMAND_NAMES.find((name) => name === first) : undefined;
}

function parse(payload: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return value as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/** Nesting of objects and lists; a flat object has depth 1. The size limit bounds the recursion. */
function depth(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let deepest = 0;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depth(inner));
  return deepest + 1;
}

/** The answer of a refusal. */
export function refusalResponse(refusal: Refusal, data: ResponsePayload['data'] = {}): ResponsePayload {
  return {
    status: 'error',
    error: refusal.error,
    message: refusal.message,
    data,
    ...(refusal.transaction === undefined ? {} : { transaction: refusal.transaction }),
  };
}

/** Words that follow `<root>/v1/<site>/<kiosk>/` and belong to a kiosk: no answer may be steered to them. */
const KIOSK_WORDS = ['state', 'info', 'health', 'door', 'factor', 'update', 'event', 'trigger', 'cmd', 'ack', 'ce'];

/**
 * The MQTT 5 response topic, if an answer may go there: under the site, without wildcards, and not on a topic that
 * another reader takes for a kiosk's own word.
 */
export function safeResponseTopic(message: BusMessage, topics: Topics): string | undefined {
  const topic = message.responseTopic;
  if (topic === undefined || topic.length > 256 || !topic.startsWith(topics.sitePrefix) || /[+#\0]/.test(topic))
    return undefined;
  const word = topic.slice(topics.sitePrefix.length).split('/')[1] ?? '';
  return KIOSK_WORDS.includes(word) ? undefined : topic;
}
