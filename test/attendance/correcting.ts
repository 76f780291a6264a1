import { Corrections } from '../../src/attendance/corrections.js';
import { Ledger } from '../../src/attendance/ledger.js';
import { configSchema } from '../../src/config/schema.js';
import type { AttendanceEvent } from '../../src/domain/attendance.js';
import { localTimestamp } from '../../src/domain/local-day.js';
import type { Clock } from '../../src/ports/clock.js';
import type { Store } from '../../src/ports/collection.js';
import type { Random } from '../../src/ports/random.js';
import { BERLIN } from './events.js';

export const ANNA = 'p_00000000000a';
export const BEN = 'p_00000000000b';
export const config = configSchema.parse({ zone: BERLIN, site: { id: 'hq' }, kiosk: { id: 'lobby-1' } });

export interface Desk {
  readonly ledger: Ledger;
  readonly corrections: Corrections;
  readonly faults: string[];
  stop(): Promise<void>;
}

/** Ledger and corrections over an open store, started as the kiosk does. */
export async function startDesk(parts: { store: Store; clock: Clock; random: Random }): Promise<Desk> {
  const faults: string[] = [];
  const onFault = (message: string): void => void faults.push(message);
  const ledger = new Ledger({ store: parts.store, zone: BERLIN, onFault });
  await ledger.start();
  const corrections = new Corrections({ ...parts, ledger, config, externalIdOf: () => 'E7', onFault });
  await corrections.start();
  return {
    ledger,
    corrections,
    faults,
    stop: async () => {
      await corrections.stop();
      await ledger.stop();
    },
  };
}

/** Stores a punch of a person at a moment. */
export function punch(
  { ledger }: Pick<Desk, 'ledger'>,
  personId: string,
  at: string,
  type: AttendanceEvent['type'] = 'check_in',
): Promise<AttendanceEvent> {
  return ledger.append((seq) => ({
    id: `01a00000-0000-7000-8000-${String(seq).padStart(12, '0')}`,
    seq,
    type,
    site: 'hq',
    kiosk: 'lobby-1',
    person: { id: personId, externalId: 'E1' },
    at: localTimestamp(Date.parse(at), BERLIN),
    zone: BERLIN,
    clock: { sync: 'ntp', boot: `boot-${seq}`, monoMs: 1000 },
    decisionId: `d-${seq}`,
    factors: [],
  }));
}
