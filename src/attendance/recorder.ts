import type { Config } from '../config/schema.js';
import type { AttendanceEvent, Direction } from '../domain/attendance.js';
import type { Decision } from '../domain/decision.js';
import { type DirectionRules, directionNow, lastPunch, repeatedPunch } from '../domain/direction.js';
import { VestibuleError } from '../domain/errors.js';
import type { FactorResult } from '../domain/factor.js';
import { localDay, localTimestamp } from '../domain/local-day.js';
import { directionOf, type Instant, workedMs, workingPeriods } from '../domain/working-period.js';
import type { Clock } from '../ports/clock.js';
import type { Punches, PunchPlan, RecordedPunch } from '../ports/punches.js';
import type { Random } from '../ports/random.js';
import type { Ledger } from './ledger.js';
import { rulesOf } from './rules.js';

export interface RecorderParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: Pick<Config, 'site' | 'kiosk' | 'zone' | 'attendance'>;
}

/** Turns a granted decision into one durable attendance event. */
export class Recorder implements Punches {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #site: string;
  readonly #kiosk: string;
  readonly #rules: DirectionRules;
  /** Punches on their way to the disk, by person. */
  readonly #running = new Map<string, Promise<RecordedPunch>>();

  constructor(parts: RecorderParts) {
    this.#ledger = parts.ledger;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#site = parts.config.site.id;
    this.#kiosk = parts.config.kiosk.id;
    this.#rules = rulesOf(parts.config);
  }

  plan(personId: string): PunchPlan {
    const events = this.#eventsOf(personId);
    const now = this.#now();
    const repeated = repeatedPunch(events, this.#rules, now);
    if (repeated !== undefined)
      return { kind: 'duplicate', earlier: { direction: repeated.direction, at: repeated.event.at } };
    const answer = directionNow(events, this.#rules, now);
    if (answer.kind === 'decided') return { kind: 'record', direction: answer.direction };
    return { kind: 'ask', choices: ['check_in', 'check_out'], suggested: answer.direction };
  }

  /**
   * See `Punches.record`. A call for a person whose punch is on its way, or who punched inside the duplicate
   * interval, makes no second event: it answers with the one that is there.
   */
  record(decision: Decision, direction: Direction, externalId?: string): Promise<RecordedPunch> {
    const personId = decision.personId;
    if (decision.outcome !== 'granted' || personId === undefined) {
      const message = 'Only a granted decision about a person is recorded.';
      return Promise.reject(new VestibuleError('input_invalid', message));
    }
    const running = this.#running.get(personId);
    if (running !== undefined) return running;
    const events = this.#eventsOf(personId);
    const now = this.#now();
    const earlier =
      events.find((event) => event.decisionId === decision.id) ?? repeatedPunch(events, this.#rules, now)?.event;
    if (earlier !== undefined) return Promise.resolve(this.#describe(personId, earlier));
    const punch = this.#store(decision, personId, direction, externalId, now).finally(() =>
      this.#running.delete(personId),
    );
    this.#running.set(personId, punch);
    return punch;
  }

  async #store(
    decision: Decision,
    personId: string,
    direction: Direction,
    externalId: string | undefined,
    now: Instant,
  ): Promise<RecordedPunch> {
    const clock = this.#clock.state();
    const event = await this.#ledger.append((seq) => ({
      id: this.#random.uuid7(),
      seq,
      type: direction,
      site: this.#site,
      kiosk: this.#kiosk,
      person: externalId === undefined ? { id: personId } : { id: personId, externalId },
      at: localTimestamp(now.wallMs, this.#rules.zone),
      zone: this.#rules.zone,
      clock,
      decisionId: decision.id,
      factors: decision.factors.map(withoutEvidence),
    }));
    return this.#describe(personId, event);
  }

  /** What the page says about a stored punch: the hours of its working day and the punch before it. */
  #describe(personId: string, event: AttendanceEvent): RecordedPunch {
    const events = this.#eventsOf(personId);
    const periods = workingPeriods(events, this.#rules, this.#now());
    const period = periods.find(({ checkIn, checkOut }) => checkIn.id === event.id || checkOut?.id === event.id);
    const day = period?.day ?? localDay(Date.parse(event.at), this.#rules.zone);
    const before = lastPunch(events.filter(({ seq }) => seq < event.seq));
    const direction = before === undefined ? undefined : directionOf(before);
    return {
      event,
      workedTodayMs: workedMs(periods, day),
      ...(before === undefined || direction === undefined ? {} : { previous: { direction, at: before.at } }),
    };
  }

  #eventsOf(personId: string): AttendanceEvent[] {
    return this.#ledger.recent(Number.NEGATIVE_INFINITY).filter((event) => event.person?.id === personId);
  }

  #now(): Instant {
    return { wallMs: this.#clock.now(), clock: this.#clock.state() };
  }
}

/** The record of a run of liveness lies in the journal of decisions only. */
function withoutEvidence({ evidence: _evidence, ...factor }: FactorResult): FactorResult {
  return factor;
}
