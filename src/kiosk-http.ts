import { dayView } from './attendance/day-view.js';
import type { Ledger } from './attendance/ledger.js';
import { rulesOf } from './attendance/rules.js';
import type { AttendFlow } from './auth/attend-flow.js';
import type { Decisions, JournaledDecision } from './auth/decisions.js';
import type { Config } from './config/schema.js';
import { localDay } from './domain/local-day.js';
import type { DayView, DecisionRow, KioskStatus } from './http/contract.js';
import type { CameraDesk, HttpParts } from './http/parts.js';
import type { LoginParts } from './http/parts-login.js';
import type { CodeGuard } from './kiosk-code-guard.js';
import type { KioskEnrolment } from './kiosk-enrolment.js';
import type { Log } from './log/logger.js';
import type { People } from './people/people.js';
import type { Clock } from './ports/clock.js';
import type { Vision } from './ports/vision.js';

/** Rooms that the HTTP server speaks for. */
export interface HttpRooms {
  readonly people: People;
  readonly config: Config;
  readonly clock: Clock;
  readonly flow: AttendFlow;
  readonly vision: Vision;
  readonly decisions: Decisions;
  readonly ledger: Ledger;
  readonly enrolment: KioskEnrolment;
  readonly camera: CameraDesk;
  readonly codeGuard: CodeGuard;
  readonly login: LoginParts;
  readonly status: () => KioskStatus;
  readonly onStatus: (listener: (status: KioskStatus) => void) => () => void;
  readonly log: Log;
}

/** What the page and the command line ask of the kiosk, answered by its rooms. */
export function httpParts(rooms: HttpRooms): HttpParts {
  const { flow, vision, people, log } = rooms;
  return {
    moment: () => flow.moment(),
    onMoment: (listener) => flow.onMoment(listener),
    choose: (attemptId, direction) => flow.choose(attemptId, direction),
    status: rooms.status,
    onStatus: rooms.onStatus,
    preview: (listener) => vision.preview(listener),
    browserFrame: (jpeg) => vision.browserFrame(jpeg),
    enrolment: rooms.enrolment,
    camera: rooms.camera,
    clock: rooms.clock,
    login: rooms.login,
    today: async () => today(rooms),
    decisions: async (day) => (await rooms.decisions.list(day)).map((one) => decisionRow(one, people)).reverse(),
    verifyAdmin: (code, from) => rooms.codeGuard.judge(code, from),
    log: {
      info: (context, message) => log.info(message, context),
      warn: (context, message) => log.warn(message, context),
      error: (context, message) => log.error(message, context),
    },
  };
}

/** Two local days are enough for every working period that may still run. */
const LOOK_BACK_MS = 2 * 86_400_000;

function today({ clock, config, ledger, people }: HttpRooms): DayView {
  const now = clock.now();
  const rows = dayView(ledger.recent(now - LOOK_BACK_MS), (id) => people.nameOf(id), now, config.zone, rulesOf(config));
  return {
    day: localDay(now, config.zone),
    people: rows.map((row) => ({
      person: {
        id: row.personId,
        name: row.name,
        ...(row.externalId !== undefined && { externalId: row.externalId }),
      },
      workedMs: row.workedMs,
      present: row.inside,
      events: row.events.map((event) => ({
        id: event.id,
        seq: event.seq,
        type: event.type,
        at: event.at,
        clockSync: event.clock.sync,
        factors: event.factors.filter((factor) => factor.outcome === 'passed').map((factor) => factor.kind),
      })),
    })),
  };
}

function decisionRow(decision: JournaledDecision, people: People): DecisionRow {
  const face = decision.factors.find((factor) => factor.kind === 'face');
  const person = decision.personId === undefined ? undefined : people.find(decision.personId);
  return {
    id: decision.id,
    at: decision.wall,
    outcome: decision.outcome,
    reason: decision.reason,
    purpose: decision.purpose,
    factors: decision.factors.map((factor) => `${factor.kind} ${factor.outcome}`),
    details: decision.factors.map(({ at: _at, ...factor }) => factor),
    ...(person !== undefined && { person: { id: person.id, name: person.name } }),
    ...(face?.score !== undefined && { score: face.score }),
    ...(face?.threshold !== undefined && { threshold: face.threshold }),
  };
}
