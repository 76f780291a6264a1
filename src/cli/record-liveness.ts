import { Command, InvalidArgumentError } from 'commander';
import { MonotonicClock } from '../adapters/clock-monotonic.js';
import { SystemClock } from '../adapters/clock-system.js';
import { CryptoRandom } from '../adapters/random-crypto.js';
import { cameraKind } from '../auth/camera-standing.js';
import type { Config } from '../config/schema.js';
import { VestibuleError } from '../domain/errors.js';
import { drawActions } from '../domain/liveness/challenge-draw.js';
import { lightSequence } from '../domain/liveness/screen-light.js';
import { pickFrom } from '../ports/random.js';
import { preprocess } from '../vision/preprocess.js';
import { runningDaemon } from './control-file.js';
import { type CommonOptions, configFor } from './options.js';
import { type RecordingCamera, recordingCamera } from './recording-camera.js';
import { RecordingFolder } from './recording-folder.js';
import { RecordingScript } from './recording-script.js';
import { type Output, printable } from './report-fault.js';

interface RecordOptions extends CommonOptions {
  readonly out: string;
  readonly label: string;
  readonly medium: string;
  readonly person: string;
  readonly consent?: boolean;
  readonly seconds: number;
  readonly camera?: string;
  readonly challenge?: boolean;
  readonly light?: boolean;
}

/** Where the session is led. */
export interface Terminal extends Output {
  readonly isTTY?: boolean;
}

const KEPT = `Kept are: JPEG pictures of the camera (the face and whatever is behind it) with their capture times, the code of the
person, the label and the medium, the kind of camera, and what was asked and shown. No name, no sound. They stay in the
folder until you delete it; this kiosk sends them nowhere.`;
const CONSENT_TEXT = 'recorded with --consent: the person agreed to what record-liveness keeps';
/** Little loss: the passive networks look at texture. */
const JPEG_QUALITY = 95;
const DEFAULT_SECONDS = 10;
/** What the capture gate bears of a camera with six frames a second or more. */
const LONGEST_GAP_MS = 500;

/** `vestibule record-liveness`: one session of a consenting person, or of an attack, for `eval liveness`. */
export function recordLivenessCommand(terminal: Terminal = process.stdout): Command {
  return new Command('record-liveness')
    .description('record a session of a consenting person, or of an attack, for eval liveness')
    .requiredOption(
      '--out <directory>',
      'folder of the corpus; a folder for the session and a row in labels.csv are added',
    )
    .requiredOption('--label <word>', 'live, print, replay, mask, … (lower case)', label)
    .requiredOption('--person <code>', 'code of the person whose face it is: letters and digits, no name', personCode)
    .option(
      '--medium <text>',
      'what is held up, or the light of a live session: "matt print", "tablet", "window behind"',
      medium,
      '',
    )
    .option('--consent', 'the person agreed to what is kept')
    .option(
      '--seconds <n>',
      'length of the recording; longer where prompts and colours need it',
      seconds,
      DEFAULT_SECONDS,
    )
    .option('--camera <source>', 'another camera than camera.source')
    .option('--challenge', 'ask for three actions, as the challenge does')
    .option('--light', 'light the face by the terminal in a random sequence of colours; make it fill the screen')
    .addHelpText(
      'after',
      `
${KEPT}
Stop the kiosk first, or name a camera that it does not use with --camera. Ctrl-C discards the session.

Examples:
  $ vestibule record-liveness --out corpus --label live --person p07 --consent
  $ vestibule record-liveness --out corpus --label replay --medium tablet --person p07 --consent --challenge
  $ vestibule eval liveness corpus/labels.csv`,
    )
    .action((options: RecordOptions) => record(options, terminal));
}

async function record(options: RecordOptions, terminal: Terminal): Promise<void> {
  if (options.consent !== true)
    throw new VestibuleError(
      'input_invalid',
      `Nothing was recorded: a recording keeps pictures of a face.\n${KEPT}\nAsk the person, then repeat the command with --consent.`,
    );
  if (options.label !== 'live' && options.medium === '')
    throw new VestibuleError(
      'input_invalid',
      'Say with --medium what is held up, for example "matt print": every kind has its own error rate.',
    );
  if (options.light === true && terminal.isTTY !== true)
    throw new VestibuleError('input_invalid', '--light needs a terminal on the screen that lights the face.');
  const { config } = configFor(options, options.camera === undefined ? {} : { camera: { source: options.camera } });
  if (options.camera === undefined && runningDaemon(config.stateDirectory) !== undefined)
    throw new VestibuleError(
      'input_invalid',
      'The kiosk is running and uses its camera. Stop it, or name another camera with --camera.',
    );
  const camera = await recordingCamera(config);
  const startedAt = new Date(new SystemClock().now());
  const stamp = startedAt.toISOString().replace(/[-:]/g, '').replace(/\..*/, '').replace('T', '-');
  const folder = await RecordingFolder.open(options.out, `${options.label}-${options.person}-${stamp}`);
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
  };
  process.once('SIGINT', interrupt);
  try {
    const done = await film(camera, folder, config, options, terminal, () => interrupted);
    await folder.finish(
      {
        version: 1,
        label: options.label,
        medium: options.medium,
        person: options.person,
        startedAt: startedAt.toISOString(),
        consent: { given: true, text: CONSENT_TEXT },
        camera: done.camera,
        prompts: done.script.prompts,
        light: done.script.light,
      },
      {
        label: options.label,
        medium: options.medium,
        person: options.person,
        seconds: done.ms / 1000,
        frames: folder.frames,
        challenge: done.script.prompts.length > 0,
        light: done.script.light.length > 0,
        recordedAt: startedAt.toISOString(),
      },
    );
    terminal.write(`✓ ${folder.frames} frames in ${(done.ms / 1000).toFixed(1)} s: ${printable(folder.path)}\n`);
    if (done.gapMs > LONGEST_GAP_MS)
      terminal.write(
        `! ${Math.round(done.gapMs)} ms passed between two frames: the capture gate refuses that. Record again on a quieter machine.\n`,
      );
  } catch (thrown) {
    await folder.discard();
    throw thrown;
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

interface Filmed {
  readonly ms: number;
  /** Longest time between two frames. */
  readonly gapMs: number;
  readonly script: RecordingScript;
  readonly camera: { readonly kind: string; readonly model?: string };
}

/** Films until the time is over or a file came to its end. The camera is closed again however it ends. */
async function film(
  { camera, imaging }: RecordingCamera,
  folder: RecordingFolder,
  config: Config,
  options: RecordOptions,
  terminal: Terminal,
  interrupted: () => boolean,
): Promise<Filmed> {
  const clock = new MonotonicClock();
  const random = new CryptoRandom();
  const pick = (n: number): number => pickFrom(random, n);
  const script = new RecordingScript({
    terminal,
    actions: options.challenge === true ? (drawActions(config.liveness.actions, pick) ?? []) : [],
    colours: options.light === true ? lightSequence(pick) : [],
  });
  const endMs = Math.max(options.seconds * 1000, script.leastMs);
  let first: number | undefined;
  let lastMs = 0;
  let gapMs = 0;
  try {
    await camera.start();
    while (lastMs < endMs) {
      const frame = await camera.read(config.camera.stallMs).catch((thrown: unknown) => {
        if (thrown instanceof VestibuleError && thrown.code === 'camera_ended' && folder.frames > 0) return undefined;
        throw thrown;
      });
      if (frame === undefined) break;
      if (interrupted())
        throw new VestibuleError('input_invalid', 'The recording was interrupted; nothing of it is kept.');
      first ??= frame.capturedAt;
      gapMs = Math.max(gapMs, frame.capturedAt - first - lastMs);
      lastMs = frame.capturedAt - first;
      script.tick(clock.mono() - first);
      const jpeg = await imaging.encodeJpeg(await preprocess(imaging, frame, config.camera), JPEG_QUALITY);
      await folder.add(jpeg, frame.seq, lastMs);
    }
    if (lastMs < script.leastMs)
      throw new VestibuleError('camera_ended', 'The video ended before everything was asked for.');
  } finally {
    script.end();
    await camera.stop();
  }
  const model = camera.identity.device?.model;
  return {
    ms: lastMs,
    gapMs,
    script,
    camera: { kind: cameraKind(camera.identity), ...(model !== undefined && { model }) },
  };
}

function label(text: string): string {
  if (/^[a-z][a-z0-9_-]{0,30}$/.test(text)) return text;
  throw new InvalidArgumentError('one word in lower case, for example live or replay');
}

function personCode(text: string): string {
  if (/^[A-Za-z0-9_-]{1,20}$/.test(text)) return text;
  throw new InvalidArgumentError('1 to 20 letters, digits, - and _');
}

function medium(text: string): string {
  if (/^[\p{L}\d][\p{L}\d ,.()/_-]{0,59}$/u.test(text)) return text.trim();
  throw new InvalidArgumentError('1 to 60 letters, digits, blanks and , . ( ) / _ -');
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 2 && value <= 120) return value;
  throw new InvalidArgumentError('a number from 2 to 120');
}
