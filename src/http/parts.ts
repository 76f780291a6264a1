import type { Direction } from '../domain/attendance.js';
import type { Moment } from '../domain/moment.js';
import type { CertificateSource } from '../ports/certificate.js';
import type { Clock } from '../ports/clock.js';
import type {
  DayView,
  DecisionRow,
  EnrolmentBegun,
  EnrolmentRequest,
  KioskStatus,
  WireEnrolmentResult,
  WirePhotoVerdict,
} from './contract.js';
import type { WireCameraPin } from './contract-camera.js';
import type { LoginParts, SessionFacts } from './parts-login.js';

/** Who makes a request, as far as the connection shows. */
export interface Caller {
  /** `loopback`: this machine, addressed by a loopback name. `origin`: a configured origin. `lan`: the TLS listener. */
  readonly from: 'loopback' | 'origin' | 'lan';
  /** The request carried the admin code. It is looked at on the kiosk itself only. */
  readonly admin: boolean;
  /** The session whose access token the request carried. */
  readonly session?: SessionFacts;
}

/** Whether a code is the admin code; `wait`: it is not looked at before so many seconds have passed. */
export type CodeVerdict = { readonly kind: 'right' | 'wrong' } | { readonly kind: 'wait'; readonly seconds: number };

/** Log of the HTTP room; never receives a body, a name or a picture. */
export interface HttpLog {
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

/** Guided enrolment as the page drives it. An unknown or expired id throws `person_unknown` or `input_invalid`. */
export interface EnrolmentDesk {
  /** May this caller enrol somebody now? */
  allowed(caller: Caller): boolean;
  begin(request: EnrolmentRequest, caller: Caller): Promise<EnrolmentBegun>;
  /** @param picture a JPEG or PNG of at most 5 MB whose header was looked at only */
  addPhoto(id: string, picture: Uint8Array): Promise<WirePhotoVerdict>;
  commit(id: string): Promise<WireEnrolmentResult>;
  cancel(id: string): Promise<void>;
}

/** The camera that counts for liveness. `pin` throws `camera_missing` and `input_invalid`. */
export interface CameraDesk {
  view(): WireCameraPin;
  pin(): Promise<WireCameraPin>;
}

/** Everything the HTTP server asks of the kiosk. Built by the composition root. Faults are VestibuleErrors. */
export interface HttpParts {
  moment(): Moment;
  onMoment(listener: (moment: Moment) => void): () => void;
  /** The person pressed a direction. Answers with what is shown now; an attempt that is over changes nothing. */
  choose(attemptId: string, direction: Direction): Promise<Moment>;
  status(): KioskStatus;
  onStatus(listener: (status: KioskStatus) => void): () => void;
  /** Live view, one JPEG a call; pictures are made only while somebody listens. The returned function ends it. */
  preview(listener: (jpeg: Uint8Array) => void): () => void;
  /** One JPEG of the page's own camera. False where the browser is not the camera. */
  browserFrame(jpeg: Uint8Array): boolean;
  readonly enrolment: EnrolmentDesk;
  readonly camera: CameraDesk;
  today(): Promise<DayView>;
  /** Decisions of a local day (YYYY-MM-DD; default today), newest first. */
  decisions(day?: string): Promise<readonly DecisionRow[]>;
  /** Compares the admin code in constant time; wrong codes are counted and slowed down. */
  verifyAdmin(code: string, from: Caller['from']): Promise<CodeVerdict>;
  readonly log: HttpLog;
  readonly clock: Pick<Clock, 'mono'>;
  readonly login: LoginParts;
}

export interface HttpSettings {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Further exact origins (scheme://host:port) that may use the page. */
  readonly origins: readonly string[];
  /** Folder that Vite built. */
  readonly uiDirectory: string;
  /** The TLS listener for other browsers; there is none without it. */
  readonly lan?: LanSettings;
}

export interface LanSettings {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Names and addresses under which it is reached, besides the machine's own addresses. */
  readonly names: readonly string[];
  readonly certificate: CertificateSource;
}
