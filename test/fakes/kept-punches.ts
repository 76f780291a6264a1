import type { Direction } from '../../src/domain/attendance.js';
import type { Decision } from '../../src/domain/decision.js';
import type { Punches, PunchPlan, RecordedPunch } from '../../src/ports/punches.js';

/** Punches that keep what was recorded; the recorder itself is tested in test/attendance. */
export class KeptPunches implements Punches {
  next: PunchPlan = { kind: 'record', direction: 'check_in' };
  fault: Error | undefined;
  readonly recorded: { decision: Decision; direction: Direction; externalId?: string }[] = [];
  /** Recording waits for this. */
  gate: Promise<void> = Promise.resolve();

  plan(): PunchPlan {
    return this.next;
  }

  async record(decision: Decision, direction: Direction, externalId?: string): Promise<RecordedPunch> {
    await this.gate;
    if (this.fault !== undefined) throw this.fault;
    this.recorded.push({ decision, direction, ...(externalId !== undefined && { externalId }) });
    const seq = this.recorded.length;
    return {
      event: {
        id: `event-${seq}`,
        seq,
        type: direction,
        site: 'home',
        kiosk: 'kiosk-1',
        person: { id: decision.personId! },
        at: '2026-11-21T09:00:00.000+01:00',
        zone: 'Europe/Berlin',
        clock: { sync: 'ntp', boot: '0123456789abcdef', monoMs: 1 },
        decisionId: decision.id,
        factors: decision.factors,
      },
      workedTodayMs: 1000,
    };
  }
}
