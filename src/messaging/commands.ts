import type { Bus, BusMessage, PublishOptions } from '../ports/bus.js';
import type { Clock } from '../ports/clock.js';
import type { Store } from '../ports/collection.js';
import { type Command, judgeCommand, type Refusal, refusalResponse, safeResponseTopic } from './command-judge.js';
import type { CommandRecord } from './messaging-parts.js';
import type { ResponsePayload } from './payload-schemas.js';
import type { Replay } from './replay.js';
import type { Topics } from './topics.js';
import { UsedTransactions } from './used-transactions.js';

/** Accepted commands a minute. */
const MAX_A_MINUTE = 10;
const MINUTE_MS = 60_000;

export interface CommandDeskParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly store: Store;
  readonly topics: Topics;
  readonly replay: Replay;
  readonly ping: () => ResponsePayload['data'];
  /** Publishes discovery and all retained topics again; resolves with their number. */
  readonly resync: () => Promise<number>;
  /** Hands an answer to the sender. */
  readonly answer: (topic: string, payload: string, options: PublishOptions) => void;
  readonly audit?: (record: CommandRecord) => void;
  readonly onFault: (error: unknown) => void;
}

/** Takes commands from the bus, judges them, carries them out and answers every one. */
export class CommandDesk {
  readonly #parts: CommandDeskParts;
  readonly #used: UsedTransactions;
  #accepted: number[] = [];
  #replaying = false;

  constructor(parts: CommandDeskParts) {
    this.#parts = parts;
    this.#used = new UsedTransactions(parts.store);
  }

  async open(): Promise<void> {
    await this.#used.open();
  }

  async close(): Promise<void> {
    await this.#used.close();
  }

  /** One message under `cmd/`. */
  async receive(message: BusMessage): Promise<void> {
    const { clock, topics } = this.#parts;
    const nowSeconds = clock.now() / 1000;
    const judgement = judgeCommand(message, topics, {
      nowSeconds,
      clockTrusted: clock.state().sync === 'ntp',
      wasUsed: (transaction) => this.#used.has(transaction),
    });
    // An empty retained message is only somebody deleting one.
    if (judgement.kind === 'refused' && message.payload.length === 0 && message.retain) return;
    const busy = judgement.kind === 'command' ? this.#busy(judgement.command) : undefined;
    if (judgement.kind === 'refused') return this.#refuse(message, judgement);
    if (busy !== undefined) return this.#refuse(message, busy);
    const { command } = judgement;
    this.#accepted.push(clock.mono());
    // Taken before the first wait, so that two requests in one instant cannot both begin.
    if (command.name === 'replay') this.#replaying = true;
    try {
      await this.#used.take(command.transaction, command.exp, nowSeconds);
      const response = await this.#carryOut(command);
      this.#respond(message, command.name, { ...response, transaction: command.transaction });
    } catch (error) {
      this.#parts.onFault(error);
      this.#refuse(message, { ...command, error: 'interrupted', message: 'the kiosk could not carry out the command' });
    } finally {
      if (command.name === 'replay') this.#replaying = false;
    }
  }

  #busy(command: Command): Refusal | undefined {
    const now = this.#parts.clock.mono();
    this.#accepted = this.#accepted.filter((at) => now - at < MINUTE_MS);
    const { name, transaction } = command;
    if (this.#accepted.length >= MAX_A_MINUTE)
      return { name, transaction, error: 'busy', message: `at most ${MAX_A_MINUTE} commands a minute` };
    if (name === 'replay' && this.#replaying)
      return { name, transaction, error: 'busy', message: 'a replay is running' };
    return undefined;
  }

  async #carryOut(command: Command): Promise<ResponsePayload> {
    if (command.name === 'ping') return { status: 'ok', data: this.#parts.ping() };
    if (command.name === 'resync') return { status: 'ok', data: { topics: await this.#parts.resync() } };
    const result = await this.#parts.replay.run(command.fromSeq ?? 1, command.toSeq);
    if (result.kind === 'gone')
      return {
        status: 'error',
        error: 'gone',
        message: `events before ${result.oldest} are no longer kept`,
        data: { oldest: result.oldest },
      };
    const data = { from_seq: result.fromSeq, to_seq: result.toSeq, count: result.count };
    if (result.kind === 'done') return { status: 'ok', data };
    return { status: 'error', error: 'interrupted', message: 'the connection fell; ask again for the rest', data };
  }

  #refuse(message: BusMessage, refusal: Refusal): void {
    this.#respond(message, refusal.name, refusalResponse(refusal));
  }

  #respond(message: BusMessage, name: string, response: ResponsePayload): void {
    const { topics, answer } = this.#parts;
    this.#parts.audit?.({
      name,
      ...(response.transaction === undefined ? {} : { transaction: response.transaction }),
      result: response.error ?? 'ok',
    });
    const payload = JSON.stringify(response);
    const options: PublishOptions = {
      qos: 1,
      retain: false,
      contentType: 'application/json',
      ...(message.correlationData === undefined ? {} : { correlationData: message.correlationData }),
    };
    answer(topics.response(name), payload, options);
    const also = safeResponseTopic(message, topics);
    if (also !== undefined && also !== topics.response(name)) answer(also, payload, options);
  }
}
