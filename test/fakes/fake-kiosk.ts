import type { Direction } from '../../src/domain/attendance.js';
import { VestibuleError } from '../../src/domain/errors.js';
import type { Moment } from '../../src/domain/moment.js';
import type { DayView, DecisionRow, EnrolmentRequest, KioskStatus, WirePhotoVerdict } from '../../src/http/contract.js';
import type { WireCameraPin } from '../../src/http/contract-camera.js';
import type { Caller, CodeVerdict, HttpParts } from '../../src/http/parts.js';
import { FakeClock } from './fake-clock.js';
import { FakeLogin } from './fake-login.js';

/** Everything well, nobody there. */
export function quietStatus(): KioskStatus {
  return {
    site: 'Alder Mill',
    kiosk: 'Entrance',
    zone: 'Europe/Berlin',
    language: 'en',
    theme: 'auto',
    sound: false,
    demo: false,
    clock: { sync: 'ntp' },
    camera: { kind: 'opencv', state: 'running', fps: 15, frameAgeMs: 40 },
    vision: { process: 'running', restarts: 0 },
    bus: { enabled: true, connected: true, depth: 0, oldestSeconds: 0 },
    storage: { ok: true, freeBytes: 21.4e9, alarms: [] },
    recognition: { identification: true, gallery: 42, threshold: 0.512, fmr: 2.4e-5 },
    terminal: { attend: true, login: true },
    enrolmentAllowed: false,
    version: '0.1.0',
    uptimeSeconds: 93_600,
  };
}

/** A kiosk whose moments and health a test decides. Keeps what the server handed to it. */
export class FakeKiosk implements HttpParts {
  readonly adminCode = 'correct-horse-battery';
  readonly chosen: { readonly attemptId: string; readonly direction: Direction }[] = [];
  readonly frames: Uint8Array[] = [];
  readonly begun: EnrolmentRequest[] = [];
  readonly photos: Uint8Array[] = [];
  readonly cancelled: string[] = [];
  readonly logged: { readonly level: string; readonly context: object; readonly message: string }[] = [];
  /** Codes that were looked at. */
  readonly codes: { readonly code: string; readonly from: Caller['from'] }[] = [];
  /** Set while codes are not looked at after too many wrong ones. */
  waitSeconds: number | undefined;
  /** Verdicts of the next pictures; accepted when empty. */
  refusals: { readonly reason: string; readonly detail: string }[] = [];
  day: DayView = { day: '2026-11-21', people: [] };
  rows: DecisionRow[] = [];
  /** What `choose` answers or throws. */
  onChoose: (attemptId: string, direction: Direction) => Moment = () => ({ kind: 'idle' });
  readonly clock = new FakeClock();
  readonly login = new FakeLogin();
  #moment: Moment = { kind: 'idle' };
  #status = quietStatus();
  #accepted = 0;
  readonly #moments = new Set<(moment: Moment) => void>();
  readonly #statuses = new Set<(status: KioskStatus) => void>();
  readonly #viewers = new Set<(jpeg: Uint8Array) => void>();

  /** Shows a moment, as the attend flow would. */
  show(moment: Moment): void {
    this.#moment = moment;
    for (const listener of this.#moments) listener(moment);
  }

  /** Changes the health of the parts. */
  become(change: Partial<KioskStatus>): void {
    this.#status = { ...this.#status, ...change };
    for (const listener of this.#statuses) listener(this.#status);
  }

  /** One picture of the live view. */
  picture(jpeg: Uint8Array): void {
    for (const viewer of this.#viewers) viewer(jpeg);
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  moment(): Moment {
    return this.#moment;
  }

  onMoment(listener: (moment: Moment) => void): () => void {
    this.#moments.add(listener);
    return () => this.#moments.delete(listener);
  }

  async choose(attemptId: string, direction: Direction): Promise<Moment> {
    this.chosen.push({ attemptId, direction });
    this.show(this.onChoose(attemptId, direction));
    return this.#moment;
  }

  status(): KioskStatus {
    return this.#status;
  }

  onStatus(listener: (status: KioskStatus) => void): () => void {
    this.#statuses.add(listener);
    return () => this.#statuses.delete(listener);
  }

  preview(listener: (jpeg: Uint8Array) => void): () => void {
    this.#viewers.add(listener);
    return () => this.#viewers.delete(listener);
  }

  browserFrame(jpeg: Uint8Array): boolean {
    if (this.#status.camera.kind !== 'browser') return false;
    this.frames.push(jpeg);
    return true;
  }

  /** The camera that counts for liveness, as the kiosk would tell it. */
  camera = {
    view: (): WireCameraPin => ({ standing: { kind: 'usb' as const, demo: false } }),
    pin: async (): Promise<WireCameraPin> => this.camera.view(),
  };

  readonly enrolment = {
    allowed: (caller: Caller): boolean => caller.admin || this.#status.enrolmentAllowed,
    begin: async (request: EnrolmentRequest) => {
      this.begun.push(request);
      this.#accepted = 0;
      return { id: 'e1', needed: 3 };
    },
    addPhoto: async (id: string, picture: Uint8Array): Promise<WirePhotoVerdict> => {
      this.#known(id);
      this.photos.push(picture);
      const refusal = this.refusals.shift();
      if (refusal !== undefined) return { accepted: false, ...refusal, count: this.#accepted, needed: 3 };
      this.#accepted += 1;
      return { accepted: true, count: this.#accepted, needed: 3 };
    },
    commit: async (id: string) => {
      this.#known(id);
      const name = this.begun.at(-1)?.name ?? '';
      return { person: { id: 'p_000000000001', name }, warnings: ['similar_person' as const] };
    },
    cancel: async (id: string) => {
      this.cancelled.push(id);
    },
  };

  async today(): Promise<DayView> {
    return this.day;
  }

  async decisions(): Promise<readonly DecisionRow[]> {
    return this.rows;
  }

  async verifyAdmin(code: string, from: Caller['from']): Promise<CodeVerdict> {
    this.codes.push({ code, from });
    if (this.waitSeconds !== undefined) return { kind: 'wait', seconds: this.waitSeconds };
    return { kind: code === this.adminCode ? 'right' : 'wrong' };
  }

  readonly log = {
    info: (context: object, message: string) => void this.logged.push({ level: 'info', context, message }),
    warn: (context: object, message: string) => void this.logged.push({ level: 'warn', context, message }),
    error: (context: object, message: string) => void this.logged.push({ level: 'error', context, message }),
  };

  #known(id: string): void {
    if (id !== 'e1') throw new VestibuleError('input_invalid', 'The enrolment is not known or has expired.');
  }
}
