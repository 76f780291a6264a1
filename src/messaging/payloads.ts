import { DateTime } from 'luxon';
import type { OutboxStatus } from '../attendance/outbox-parts.js';
import type { AttendanceEvent, ClockState } from '../domain/attendance.js';
import type { Decision } from '../domain/decision.js';
import type { FactorResult } from '../domain/factor.js';
import type { BusStatus, PublishOptions } from '../ports/bus.js';
import type { KioskFacts, MessagingConfig } from './messaging-parts.js';
import type {
  AccessPayload,
  AccessType,
  AttendancePayload,
  FactorPayload,
  HealthPayload,
  InfoPayload,
  SystemDetail,
  SystemPayload,
  SystemType,
} from './payload-schemas.js';
import type { Topics } from './topics.js';

/** Which personal or tuning details the configuration lets out. */
export interface Disclosure {
  readonly externalId: boolean;
  readonly scores: boolean;
}

/** RFC 3339 with milliseconds and the zone's offset at that moment. */
export function rfc3339(unixMs: number, zone: string): string {
  const text = DateTime.fromMillis(unixMs, { zone }).toISO({ suppressMilliseconds: false });
  if (text === null) throw new RangeError(`no such time in ${zone}: ${unixMs}`);
  return text;
}

function factorPayload(factor: FactorResult, disclosure: Disclosure): FactorPayload {
  // Scores of refusals would help an attacker to tune.
  const scores = disclosure.scores && factor.outcome === 'passed';
  return {
    kind: factor.kind,
    outcome: factor.outcome,
    ...(factor.mode === undefined ? {} : { mode: factor.mode }),
    ...(factor.gallery === undefined ? {} : { gallery: factor.gallery }),
    ...(factor.fmr === undefined ? {} : { fmr: factor.fmr }),
    ...(factor.model === undefined ? {} : { model: factor.model }),
    ...(factor.channel === undefined ? {} : { channel: factor.channel }),
    ...(scores && factor.score !== undefined ? { score: factor.score } : {}),
    ...(scores && factor.threshold !== undefined ? { threshold: factor.threshold } : {}),
  };
}

/** docs/mqtt.md "Attendance". The same event gives the same object except `replayed`. */
export function attendanceMessage(
  event: AttendanceEvent,
  replayed: boolean,
  disclosure: Disclosure,
): AttendancePayload {
  const { person, clock } = event;
  const ext = disclosure.externalId ? person?.externalId : undefined;
  return {
    v: 1,
    event_type: event.type,
    id: event.id,
    seq: event.seq,
    site: event.site,
    kiosk: event.kiosk,
    person: person === null ? null : { id: person.id, ...(ext === undefined ? {} : { ext }) },
    ...(event.erased ? { erased: true as const } : {}),
    at: event.at,
    tz: event.zone,
    clock: {
      sync: clock.sync,
      ...(clock.offsetMs === undefined ? {} : { offset_ms: clock.offsetMs }),
      boot: clock.boot,
      mono_ms: Math.round(clock.monoMs),
    },
    decision: event.decisionId,
    factors: event.factors.map((factor) => factorPayload(factor, disclosure)),
    ...(event.duplicateOf === undefined ? {} : { dup_of: event.duplicateOf }),
    ...(event.corrects === undefined ? {} : { corrects: event.corrects }),
    ...(event.correctionReason === undefined ? {} : { reason: event.correctionReason }),
    replayed,
  };
}

/** Topic, bytes and options of one attendance event: the outbox and `cmd/replay` send the same. */
export function encodeAttendance(topics: Topics, disclosure: Disclosure) {
  return (event: AttendanceEvent, replayed: boolean): { topic: string; payload: string; options: PublishOptions } => ({
    topic: topics.attendance,
    payload: JSON.stringify(attendanceMessage(event, replayed, disclosure)),
    options: { qos: 1, retain: false, contentType: 'application/json', userProperties: { id: event.id } },
  });
}

/** Site, kiosk, id and time that access and system events share. */
export interface EventHead {
  readonly id: string;
  readonly site: string;
  readonly kiosk: string;
  /** RFC 3339. */
  readonly at: string;
}

/** docs/mqtt.md "Access and system events" for a decision. */
export function accessMessage(head: EventHead, decision: Decision, replayed: boolean, scores: boolean): AccessPayload {
  return {
    v: 1,
    event_type: decision.outcome,
    ...head,
    purpose: decision.purpose,
    reason: decision.reason,
    ...(decision.personId === undefined ? {} : { person: { id: decision.personId } }),
    factors: decision.factors.map((factor) => factorPayload(factor, { externalId: false, scores })),
    replayed,
  };
}

/** Facts of an alarm that is not a decision. */
export interface AlarmFacts {
  readonly personId?: string;
  /** Unix ms at which a lockout ends. */
  readonly untilMs?: number;
}

/** docs/mqtt.md "Access and system events" for lockout, duress and tamper. */
export function alarmMessage(
  head: EventHead,
  type: Exclude<AccessType, 'granted' | 'denied'>,
  facts: AlarmFacts,
  zone: string,
  replayed: boolean,
): AccessPayload {
  return {
    v: 1,
    event_type: type,
    ...head,
    ...(facts.personId === undefined ? {} : { person: { id: facts.personId } }),
    factors: [],
    ...(facts.untilMs === undefined ? {} : { until: rfc3339(facts.untilMs, zone) }),
    replayed,
  };
}

/** docs/mqtt.md "Access and system events". */
export function systemMessage(
  head: EventHead,
  type: SystemType,
  detail: SystemDetail,
  replayed: boolean,
): SystemPayload {
  return { v: 1, event_type: type, ...head, detail, replayed };
}

/** docs/mqtt.md "Info and health". */
export function infoMessage(parts: {
  readonly facts: KioskFacts;
  readonly config: MessagingConfig;
  readonly boot: string;
  readonly span: { readonly oldest: number; readonly newest: number };
  readonly commands: readonly string[];
}): InfoPayload {
  const { facts, config } = parts;
  return {
    v: 1,
    product: 'vestibule',
    version: facts.version,
    site: config.site.id,
    kiosk: config.kiosk.id,
    tz: config.zone,
    boot: parts.boot,
    schemas: { attendance: 1, access: 1, system: 1, health: 1 },
    seq: { oldest: parts.span.oldest, newest: parts.span.newest },
    factors: facts.factors.map(({ kind }) => kind),
    models: facts.models.map(({ kind, id, sha256 }) => ({
      kind,
      id,
      sha256: sha256.replace(/^sha256:/, '').slice(0, 16),
    })),
    commands: [...parts.commands],
    duplicate_interval_s: config.attendance.duplicateIntervalSeconds,
  };
}

/** docs/mqtt.md "Info and health". */
export function healthMessage(parts: {
  readonly facts: KioskFacts;
  readonly at: string;
  readonly uptimeMs: number;
  readonly outbox: Omit<OutboxStatus, 'lastError'>;
  readonly bus: BusStatus;
  readonly dropped: number;
  readonly clock: ClockState;
  readonly lastError: { readonly code: string; readonly at: string } | null;
}): HealthPayload {
  const { facts, outbox, clock } = parts;
  const { camera, disk } = facts;
  return {
    v: 1,
    at: parts.at,
    uptime_s: Math.floor(parts.uptimeMs / 1000),
    rss_bytes: facts.rssBytes,
    load1: facts.load1,
    ...(facts.cpuCelsius === undefined ? {} : { cpu_c: facts.cpuCelsius }),
    camera: {
      ok: camera.ok,
      ...(camera.fps === undefined ? {} : { fps: Math.round(camera.fps * 10) / 10 }),
      ...(camera.frameAgeMs === undefined ? {} : { frame_age_ms: Math.round(camera.frameAgeMs) }),
    },
    vision: { ok: facts.vision.ok, restarts: facts.vision.restarts },
    outbox: {
      depth: outbox.depth,
      oldest_s: outbox.oldestSeconds,
      seq: outbox.newestSeq,
      acked_seq: outbox.ackedSeq,
      limit: outbox.limit,
    },
    bus: { dropped: parts.dropped, reconnects: parts.bus.reconnects },
    clock: { sync: clock.sync, ...(clock.offsetMs === undefined ? {} : { offset_ms: clock.offsetMs }) },
    disk: { ...(disk.freeBytes === undefined ? {} : { free_bytes: disk.freeBytes }), writable: disk.writable },
    last_error: parts.lastError,
  };
}
