import type { Outbox, OutboxLedger } from '../attendance/outbox.js';
import type { Config } from '../config/schema.js';
import type { FactorKind } from '../domain/factor.js';
import type { Bus } from '../ports/bus.js';
import type { Clock } from '../ports/clock.js';
import type { Store } from '../ports/collection.js';
import type { Random } from '../ports/random.js';

export type MessagingConfig = Pick<Config, 'site' | 'kiosk' | 'zone' | 'mqtt' | 'attendance'>;

export type DoorState = 'LOCKED' | 'UNLOCKED' | 'LOCKING' | 'UNLOCKING' | 'JAMMED';

/** What the kiosk knows of itself at this moment, filled by the composition root. Absent = not measured or not there. */
export interface KioskFacts {
  readonly version: string;
  /** Hardware as people call it, for example `Raspberry Pi 5`. */
  readonly hardware?: string;
  /** `sha256` as 64 hex digits, with or without `sha256:`. */
  readonly models: readonly { readonly kind: FactorKind; readonly id: string; readonly sha256: string }[];
  /** Factors of this kiosk; `switchable` ones get a control in Home Assistant. */
  readonly factors: readonly { readonly kind: FactorKind; readonly on: boolean; readonly switchable?: boolean }[];
  readonly camera: { readonly ok: boolean; readonly fps?: number; readonly frameAgeMs?: number };
  readonly vision: { readonly ok: boolean; readonly restarts: number };
  readonly disk: { readonly freeBytes?: number; readonly writable: boolean };
  readonly rssBytes: number;
  readonly load1: number;
  readonly cpuCelsius?: number;
  /** Newest fault of the kiosk: code of domain/errors, Unix ms. */
  readonly lastError?: { readonly code: string; readonly at: number };
  readonly door?: { readonly state: DoorState; readonly codeRequired: boolean };
  readonly update?: { readonly installed: string; readonly latest: string };
}

/** A command as it was judged, for the audit. */
export interface CommandRecord {
  readonly name: string;
  readonly transaction?: string;
  /** `ok` or the error code of docs/mqtt.md "Commands". */
  readonly result: string;
}

export interface MessagingParts {
  readonly bus: Bus;
  readonly ledger: OutboxLedger;
  /** Absent in tools that only announce. */
  readonly outbox?: Outbox;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: MessagingConfig;
  readonly facts: () => KioskFacts;
  /** Sentences worth a line in the log. */
  readonly notice?: (sentence: string) => void;
  /** Called for every command, accepted or refused. */
  readonly audit?: (record: CommandRecord) => void;
}

/** State of the messages for the page and `doctor`. */
export interface MessagingStatus {
  readonly connected: boolean;
  readonly protocol?: 4 | 5;
  /** Why there is no connection, or why events are refused, as a sentence. */
  readonly problem?: string;
  readonly unsent: number;
  readonly oldestSeconds: number;
  /** Access and system events waiting in memory. */
  readonly waiting: number;
  readonly dropped: number;
  /** Another client uses this kiosk's client id (seen within the last five minutes). */
  readonly clientIdConflict: boolean;
}
