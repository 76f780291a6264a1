import type { Direction } from '../../domain/attendance.js';
import type { Decision } from '../../domain/decision.js';
import type { Rooms } from '../../kiosk-rooms.js';

/** Two people at five doors could not punch faster; a day of it is longer than any real day file. */
const EVERY_MS = 200;

/**
 * Records a punch of one person after the other, five a second, through the kiosk's own recorder, and takes the time of
 * each. A punch that is slow does not hold up the next one, as in life.
 */
export class SteadyPunches {
  ms: number[] = [];
  faults = 0;
  readonly #rooms: Pick<Rooms, 'people' | 'recorder' | 'random' | 'clock'>;
  readonly #timer: NodeJS.Timeout;
  readonly #personIds: readonly string[];
  readonly #present = new Set<string>();
  #count = 0;

  constructor(rooms: Pick<Rooms, 'people' | 'recorder' | 'random' | 'clock'>) {
    this.#rooms = rooms;
    this.#personIds = rooms.people.list().map(({ id }) => id);
    this.#timer = setInterval(() => void this.#punch(), EVERY_MS);
  }

  clear(): void {
    this.ms = [];
    this.faults = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #punch(): Promise<void> {
    const personId = this.#personIds[this.#count % this.#personIds.length];
    this.#count += 1;
    if (personId === undefined) return;
    const { recorder, random, clock } = this.#rooms;
    const direction: Direction = this.#present.delete(personId) ? 'check_out' : 'check_in';
    if (direction === 'check_in') this.#present.add(personId);
    const at = clock.mono();
    const decision: Decision = {
      id: random.uuid7(),
      purpose: 'attend',
      outcome: 'granted',
      reason: 'ok',
      personId,
      factors: [{ kind: 'pin', outcome: 'passed', reason: 'ok', at }],
      at,
    };
    const { ms } = this;
    const before = performance.now();
    try {
      await recorder.record(decision, direction);
      ms.push(performance.now() - before);
    } catch {
      this.faults += 1;
    }
  }
}
