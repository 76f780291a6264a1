/**
 * Typed faults. Expected outcomes are values (FactorResult, Decision, Refusal); a fault is something that
 * somebody has to mend, so every fault carries a stable code and a sentence that says what to do.
 */

/** Every fault code of the product with the sentence that says how to mend it. `docs/errors.md` is drift-tested against this table. */
export const FAULTS = {
  config_invalid: 'Correct the configuration file at the places named, then start again.',
  secret_unreadable: 'Check that the secret file exists and that the kiosk may read it.',
  state_locked:
    'Another Vestibule uses this state directory. Stop it, or give this one its own directory with --state.',
  state_unwritable: 'Make the state directory writable for the user that runs the kiosk, or free space on its disk.',
  state_version: 'This file was written by a newer Vestibule. Install that version or restore a backup.',
  state_corrupt:
    'The file was moved aside (.corrupt-<time>) and the last good copy is in use. Check the disk or SD card.',
  storage_full: 'The disk is full. Free space; nothing was recorded by the failed action.',
  storage_failed: 'Writing to the disk failed. Check the disk or SD card; nothing was recorded by the failed action.',
  pack_missing: 'Run `vestibule models pull` (or set VESTIBULE_MODELS_MIRROR to a folder that holds the model files).',
  pack_file_invalid: 'The file is not the one that was published. Delete it and run `vestibule models pull` again.',
  pack_download_failed:
    'Check the network or set VESTIBULE_MODELS_MIRROR to a folder or URL that holds the model files.',
  pack_unsupported: 'The model uses something that this importer does not know. Use the pinned file.',
  pack_mismatch:
    'Templates of another model pack never compare. Enrol again with this pack, or select the pack they were made with.',
  engine_missing: 'Run `npm start` once so that set-up can install what is missing; `vestibule doctor` names it.',
  engine_failed: 'The inference engine refused the model or its input. Run `vestibule models verify`.',
  opencv_missing: 'The OpenCV addon is not built. Run `npm start` once (set-up builds it) or see `vestibule doctor`.',
  camera_missing: 'No camera was found. Plug one in, or name it under camera.source in the configuration.',
  camera_open_failed: 'The camera could not be opened. Check that it is plugged in and that no other program uses it.',
  camera_stalled: 'The camera gave no picture in time. It is being opened again; check its cable.',
  camera_ended: 'The video came to its end.',
  vision_unavailable: 'The vision process is not running. It is being restarted; see the log for the reason.',
  vision_timeout: 'The vision process did not answer in time.',
  image_refused: 'Send a JPEG or PNG of at most 5 MB and 8 megapixels.',
  enrolment_refused: 'Take another picture as the reason says.',
  person_unknown: 'Look the person up with `vestibule people list`.',
  person_exists: 'Choose another id, or remove the existing person first.',
  broker_unreachable: 'Events wait in the outbox and are sent when the broker answers. Check mqtt.url and the network.',
  bus_refused: 'The broker does not accept events from this kiosk. Check its access list (docs/mqtt.md).',
  port_in_use: 'Another program listens on this address. Stop it or change http.port.',
  busy: 'The kiosk is answering others. Try again in a few seconds.',
  user_name_taken: 'Choose another user name.',
  password_refused: 'Choose another password as the message says.',
  registration_closed: 'Ask an administrator for an invitation code.',
  invitation_invalid: 'The code is wrong, used or expired. Ask an administrator for a new one.',
  factors_missing: 'Sign in again with two factors, then repeat this within five minutes.',
  messenger_failed: 'Check the account data and the network of the sender named; `vestibule otp test` tries it.',
  attempt_over: 'Begin again.',
  not_permitted: 'Ask somebody whose role allows it.',
  input_invalid: 'Correct the input as the message says.',
} as const;

/** A stable, documented fault code. */
export type FaultCode = keyof typeof FAULTS;

/** Facts of one fault for the log and the page. Never secrets, codes, names, pictures or vectors. */
export type FaultContext = Readonly<Record<string, string | number | boolean | undefined>>;

/** A fault with a stable code, a sentence, a cause and context. */
export class VestibuleError extends Error {
  override readonly name = 'VestibuleError';
  readonly code: FaultCode;
  readonly context: FaultContext;

  /**
   * @param code stable fault code
   * @param message what went wrong, naming the thing (file, address, camera)
   * @param options cause and context of the fault
   */
  constructor(code: FaultCode, message: string, options: { cause?: unknown; context?: FaultContext } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.context = options.context ?? {};
  }

  /** How to mend this fault, as a sentence. */
  get mend(): string {
    return FAULTS[this.code];
  }
}

/** Turns anything thrown (natives throw strings) into an Error. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(typeof thrown === 'string' ? thrown : String(thrown));
}
