import { z } from 'zod';
import { FAULTS, type FaultCode, toError, VestibuleError } from '../domain/errors.js';
import {
  type EnrolmentBegun,
  type EnrolmentRequest,
  enrolmentBegunSchema,
  enrolmentResultSchema,
  errorSchema,
  type KioskStatus,
  kioskStatusSchema,
  photoVerdictSchema,
  type WireEnrolmentResult,
  type WirePhotoVerdict,
} from '../http/contract.js';
import { cameraPinSchema, type WireCameraPin } from '../http/contract-camera.js';
import {
  type AdminPerson,
  adminPeopleSchema,
  type InvitationAnswer,
  invitationSchema,
  type NewPersonRequest,
  newPersonAnswerSchema,
} from '../http/contract-people.js';
import { adminCode, type RunningDaemon } from './control-file.js';

const TIMEOUT_MS = 30_000;

/** The HTTP API of a running kiosk, with its admin code. Refusals come back as VestibuleErrors with their message. */
export class DaemonClient {
  readonly #url: string;
  readonly #code: string;

  /** Throws `secret_unreadable` when the admin code of the state directory cannot be read. */
  constructor(daemon: RunningDaemon, stateDirectory: string) {
    this.#url = daemon.url.replace(/\/$/, '');
    this.#code = adminCode(stateDirectory);
  }

  async people(): Promise<readonly AdminPerson[]> {
    return (await this.#call('GET', '/api/v1/admin/people', adminPeopleSchema)).people;
  }

  async removePerson(id: string): Promise<void> {
    await this.#call('DELETE', `/api/v1/admin/people/${encodeURIComponent(id)}`, z.undefined());
  }

  /** Adds a person and makes his invitation. */
  addPerson(given: NewPersonRequest): Promise<{ person: { id: string }; invitation: InvitationAnswer }> {
    return this.#call('POST', '/api/v1/admin/people', newPersonAnswerSchema, json(given));
  }

  invite(id: string, kind: 'register' | 'reset'): Promise<InvitationAnswer> {
    const path = `/api/v1/admin/people/${encodeURIComponent(id)}/invitation`;
    return this.#call('POST', path, invitationSchema, json({ kind }));
  }

  async unlock(id: string): Promise<void> {
    await this.#call('POST', `/api/v1/admin/people/${encodeURIComponent(id)}/unlock`, z.undefined());
  }

  status(): Promise<KioskStatus> {
    return this.#call('GET', '/api/v1/admin/status', kioskStatusSchema);
  }

  /** Which camera counts for liveness, and which one runs. */
  camera(): Promise<WireCameraPin> {
    return this.#call('GET', '/api/v1/admin/camera', cameraPinSchema);
  }

  /** From now on the camera that runs counts. */
  pinCamera(): Promise<WireCameraPin> {
    return this.#call('POST', '/api/v1/admin/camera/pin', cameraPinSchema);
  }

  begin(request: EnrolmentRequest): Promise<EnrolmentBegun> {
    return this.#call('POST', '/api/v1/enrolments', enrolmentBegunSchema, json(request));
  }

  addPhoto(id: string, picture: Uint8Array<ArrayBuffer>): Promise<WirePhotoVerdict> {
    const type = picture[0] === 0x89 ? 'image/png' : 'image/jpeg';
    return this.#call('POST', `/api/v1/enrolments/${encodeURIComponent(id)}/photos`, photoVerdictSchema, {
      type,
      bytes: picture,
    });
  }

  commit(id: string): Promise<WireEnrolmentResult> {
    return this.#call('POST', `/api/v1/enrolments/${encodeURIComponent(id)}/commit`, enrolmentResultSchema);
  }

  async cancel(id: string): Promise<void> {
    await this.#call('DELETE', `/api/v1/enrolments/${encodeURIComponent(id)}`, z.undefined());
  }

  async #call<T>(
    method: string,
    path: string,
    schema: z.ZodType<T>,
    body?: { readonly type: string; readonly bytes: string | Uint8Array<ArrayBuffer> },
  ): Promise<T> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.#url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.#code}`,
          // The kiosk takes changes only from its own origin.
          origin: this.#url,
          ...(body === undefined ? {} : { 'content-type': body.type }),
        },
        ...(body === undefined ? {} : { body: body.bytes }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      text = await response.text();
    } catch (thrown) {
      throw new VestibuleError('input_invalid', `The running kiosk at ${this.#url} does not answer.`, {
        cause: toError(thrown),
      });
    }
    if (!response.ok) throw refusal(response.status, text);
    return schema.parse(text === '' ? undefined : JSON.parse(text));
  }
}

function json(body: object): { readonly type: string; readonly bytes: string } {
  return { type: 'application/json', bytes: JSON.stringify(body) };
}

function refusal(status: number, text: string): VestibuleError {
  try {
    const { error, message, mend } = errorSchema.parse(JSON.parse(text));
    if (error in FAULTS) return new VestibuleError(error as FaultCode, message);
    return new VestibuleError('input_invalid', `${message} ${mend}`);
  } catch {
    return new VestibuleError('input_invalid', `The running kiosk answered with status ${status}.`);
  }
}
