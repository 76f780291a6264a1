import type { OutboxStatus } from './attendance/outbox.js';
import type { IdentificationStatus } from './auth/identification.js';
import type { Config } from './config/schema.js';
import { isBiometric } from './domain/factor.js';
import { localTimeOf } from './domain/local-time.js';
import { type Alternative, alternativesForAnybody, factorsInUse, factorsOf } from './domain/policy.js';
import { policyOf } from './domain/policy-written.js';
import type { KioskStatus } from './http/contract.js';
import type { DiskState } from './kiosk-watch.js';
import type { MessagingStatus } from './messaging/messaging.js';
import type { KioskFacts } from './messaging/messaging-parts.js';
import type { Clock } from './ports/clock.js';
import type { StoreAlarm } from './ports/collection.js';
import type { System } from './ports/system.js';
import type { VisionStatus } from './ports/vision.js';

/** Newest fault of the kiosk, for health messages. */
export interface LastError {
  readonly code: string;
  /** Unix ms. */
  readonly at: number;
}

/** Everything that the shown state of a kiosk is put together from. */
export interface StatusSources {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
  readonly system: System;
  /** Monotonic ms of the start. */
  readonly startedAt: number;
  readonly vision: () => VisionStatus;
  readonly identification: () => IdentificationStatus;
  readonly outbox: () => OutboxStatus | undefined;
  readonly messaging: () => MessagingStatus | undefined;
  readonly alarms: () => readonly StoreAlarm[];
  readonly disk: () => DiskState;
  readonly lastError: () => LastError | undefined;
  readonly enrolmentAllowed: () => boolean;
}

function alarmSentence(alarm: StoreAlarm): string {
  const moved = alarm.movedTo === undefined ? '' : ` The unreadable file is kept as ${alarm.movedTo}.`;
  switch (alarm.kind) {
    case 'recovered_from_previous':
      return `${alarm.file} could not be read; its previous copy is in use.${moved}`;
    case 'started_empty':
      return `${alarm.file} and its previous copy could not be read; it was started empty.${moved}`;
    default:
      return `${alarm.file}: ${alarm.reason}`;
  }
}

/** What the policy lets somebody begin at the screen at this time. */
function terminalNow({ config, clock }: StatusSources): KioskStatus['terminal'] {
  const policy = policyOf(config.policy);
  const local = localTimeOf(clock.now(), config.zone);
  const isMoreThanFace = (way: Alternative): boolean => factorsOf(way).some((kind) => !isBiometric(kind));
  return {
    attend: alternativesForAnybody(policy, 'attend', local).some(isMoreThanFace),
    login: alternativesForAnybody(policy, 'login', local).length > 0,
  };
}

/** The page's view of the kiosk. */
export function kioskStatus(sources: StatusSources): KioskStatus {
  const { config, clock } = sources;
  const vision = sources.vision();
  const identification = sources.identification();
  const outbox = sources.outbox();
  const messaging = sources.messaging();
  const disk = sources.disk();
  const identity = vision.cameraIdentity;
  const detail = vision.fault?.message ?? vision.cameraDetail;
  return {
    site: config.site.name,
    kiosk: config.kiosk.name,
    zone: config.zone,
    language: config.page.language,
    theme: config.page.theme,
    sound: config.page.sound,
    demo: identity?.kind === 'demo',
    clock: { sync: clock.state().sync },
    camera: {
      kind: identity?.kind ?? 'none',
      state: vision.process === 'running' || vision.camera === 'none' ? vision.camera : 'opening',
      fps: Math.round(vision.fps * 10) / 10,
      mirrored: config.camera.mirror,
      ...(detail !== undefined && { detail }),
      ...(vision.frameAgeMs !== undefined && { frameAgeMs: Math.round(vision.frameAgeMs) }),
    },
    vision: { process: vision.process, restarts: vision.restarts },
    bus: {
      enabled: messaging !== undefined,
      connected: messaging?.connected ?? false,
      depth: outbox?.depth ?? 0,
      oldestSeconds: outbox?.oldestSeconds ?? 0,
      ...(messaging?.problem !== undefined && { lastError: messaging.problem }),
    },
    storage: {
      ok: disk.writable,
      alarms: sources
        .alarms()
        .filter((alarm) => alarm.kind !== 'temp_file_removed')
        .map(alarmSentence),
      ...(disk.freeBytes !== undefined && { freeBytes: disk.freeBytes }),
    },
    recognition: {
      identification: identification.identification === 'ready',
      gallery: identification.gallery,
      ...(identification.reason !== undefined && { reason: identification.reason }),
      ...(identification.threshold !== undefined && { threshold: identification.threshold }),
      ...(identification.fmr !== undefined && { fmr: identification.fmr }),
    },
    terminal: terminalNow(sources),
    enrolmentAllowed: sources.enrolmentAllowed(),
    version: sources.version,
    uptimeSeconds: Math.round((clock.mono() - sources.startedAt) / 1000),
  };
}

/** What the kiosk says about itself over MQTT. */
export function kioskFacts(sources: StatusSources): KioskFacts {
  const vision = sources.vision();
  const disk = sources.disk();
  const cpuCelsius = sources.system.cpuCelsius();
  const lastError = sources.lastError();
  return {
    version: sources.version,
    models: vision.pack === undefined ? [] : [{ kind: 'face', id: vision.pack.id, sha256: vision.pack.hash }],
    factors: factorsInUse(policyOf(sources.config.policy)).map((kind) => ({ kind, on: true })),
    camera: {
      ok: vision.camera === 'running' && vision.process === 'running',
      fps: Math.round(vision.fps * 10) / 10,
      ...(vision.frameAgeMs !== undefined && { frameAgeMs: Math.round(vision.frameAgeMs) }),
    },
    vision: { ok: vision.process === 'running', restarts: vision.restarts },
    disk,
    rssBytes: sources.system.memory().rssBytes,
    load1: sources.system.load1(),
    ...(cpuCelsius !== undefined && { cpuCelsius }),
    ...(lastError !== undefined && { lastError }),
  };
}
