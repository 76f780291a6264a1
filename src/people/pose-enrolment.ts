import { VestibuleError } from '../domain/errors.js';
import type { LivenessReason } from '../domain/liveness/gate.js';
import { POSE_COUNTDOWN_MS, POSE_TAKE_MS } from '../domain/liveness/pose-take.js';
import { encodePose, POSE_PACK, POSE_SAMPLES } from '../domain/liveness/pose-template.js';
import type { BodyMotion } from '../domain/liveness/pose-vector.js';
import { FRAMES_LATE_MS } from '../domain/liveness/prompt.js';
import type { LivenessHint } from '../domain/liveness/run-order.js';
import type { VisionResult } from '../domain/observation.js';
import type { Consent } from '../domain/person.js';
import type { Clock } from '../ports/clock.js';
import type { Random } from '../ports/random.js';
import type { MeasureWish, Measuring, Vision } from '../ports/vision.js';
import { completeConsent, type GivenConsent } from './consent.js';
import { storeTemplateOf } from './enrolment-store.js';
import type { People } from './people.js';
import { judgeEnrolTake } from './pose-enrol-take.js';
import { PoseRecording } from './pose-recording.js';
import type { Templates } from './templates.js';

/** A set-up that nobody goes on with is forgotten after this time. */
export const POSE_SETUP_EXPIRES_MS = 10 * 60_000;

/** Nobody begins a take for so long: the camera is not kept measuring for whoever went away. A slow card loads in less. */
const WARMING_MS = 60_000;

const BODY_ONLY: MeasureWish = { passive: false, mesh: false, body: true, colour: false };

/** Where a set-up stands. */
export interface PoseSetupView {
  readonly id: string;
  readonly phase: 'ready' | 'taking' | 'done';
  readonly taken: number;
  readonly needed: number;
  readonly hint?: LivenessHint;
  /** Why the last take does not count. */
  readonly refused?: LivenessReason;
  /** Of the take under way, with its countdown. */
  readonly remainingMs: number;
}

interface Take {
  readonly recording: PoseRecording;
  readonly endsAt: number;
  /** Ends the measuring and the timer. */
  readonly stop: () => void;
}

interface Setup {
  readonly id: string;
  readonly personId: string;
  readonly consent: Consent;
  /** Network that measured the samples. */
  network: string | undefined;
  samples: readonly BodyMotion[];
  take: Take | undefined;
  /** Until the first body was measured: loading the network takes longer than a countdown. */
  warming: { readonly measuring: Measuring; readonly cancel: () => void } | undefined;
  storing: boolean;
  done: boolean;
  refused: LivenessReason | undefined;
  cancelTimer: () => void;
}

/**
 * Set-up of a pose signature: takes of the same gesture before the kiosk's camera. Only what is computed from a take is
 * kept, in memory, until the last one; then consent and template are stored together, in place of a former signature. There
 * is one camera, so there is one set-up: the newest wins.
 */
export class PoseEnrolments {
  readonly #people: People;
  readonly #templates: Templates;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #vision: Vision;
  readonly #onFault: (fault: unknown) => void;
  #setup: Setup | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(parts: {
    people: People;
    templates: Templates;
    clock: Clock;
    random: Random;
    vision: Vision;
    onFault: (fault: unknown) => void;
  }) {
    this.#people = parts.people;
    this.#templates = parts.templates;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#vision = parts.vision;
    this.#onFault = parts.onFault;
    this.#vision.onResult((result) => this.#see(result));
    this.#vision.onStatus((status) => {
      this.#setup?.take?.recording.checkCamera(status);
      this.#endIfOver();
    });
  }

  /**
   * Begins a set-up; nothing is stored. A former one, whoever's, is given up.
   * @throws VestibuleError `person_unknown` (or not active), `input_invalid` (consent), `pack_missing`
   */
  begin(personId: string, consent: GivenConsent): PoseSetupView {
    if (this.#people.find(personId)?.active !== true)
      throw new VestibuleError('person_unknown', `There is no active person with the id ${personId}.`);
    const complete = completeConsent(consent, this.#clock.now());
    const { networks } = this.#vision.status();
    if (networks !== undefined && networks.body === undefined)
      throw new VestibuleError(
        'pack_missing',
        `The model pack "${POSE_PACK}", which sees bodies, is not here or damaged.`,
      );
    this.stop();
    const id = this.#random.uuid7();
    this.#setup = {
      id,
      personId,
      consent: complete,
      network: undefined,
      samples: [],
      take: undefined,
      warming: this.#warm(),
      storing: false,
      done: false,
      refused: undefined,
      cancelTimer: this.#expire(id),
    };
    return this.#viewOf(this.#setup);
  }

  /** Whose set-up it is; undefined once it is over. */
  personOf(id: string): string | undefined {
    return this.#setup?.id === id ? this.#setup.personId : undefined;
  }

  /** @throws VestibuleError `input_invalid` for one that is over or somebody else's */
  view(personId: string, id: string): PoseSetupView {
    return this.#viewOf(this.#own(personId, id));
  }

  /**
   * Begins a take; while one is under way this is that one. What the camera measures belongs to the take until it ends or
   * somebody else wants it.
   * @throws VestibuleError `input_invalid` for a set-up that is over or somebody else's
   */
  take(personId: string, id: string): PoseSetupView {
    const setup = this.#own(personId, id);
    if (setup.done) throw over();
    if (setup.take !== undefined || setup.storing) return this.#viewOf(setup);
    setup.cancelTimer();
    setup.cancelTimer = this.#expire(id);
    const { camera, networks } = this.#vision.status();
    setup.refused = camera !== 'running' ? 'camera_lost' : networks?.body === undefined ? 'no_network' : undefined;
    if (setup.refused === undefined) {
      this.#warmed(setup);
      setup.take = this.#begin(setup);
    }
    return this.#viewOf(setup);
  }

  /** Forgets a set-up; an unknown id is no fault. */
  cancel(id: string): void {
    if (this.#setup?.id === id) this.stop();
  }

  /** Forgets the set-up of this person; what was being stored is stored when it resolves. */
  async cancelOf(personId: string): Promise<void> {
    if (this.#setup?.personId === personId) this.stop();
    await this.#work;
  }

  /** Forgets whatever is open. What is being stored at this moment is stored. */
  stop(): void {
    this.#warmed(this.#setup);
    this.#setup?.take?.stop();
    this.#setup?.cancelTimer();
    this.#setup = undefined;
  }

  /** Resolves when what was to be stored is stored or refused. */
  idle(): Promise<void> {
    return this.#work;
  }

  #begin(setup: Setup): Take {
    const startsAt = this.#clock.mono() + POSE_COUNTDOWN_MS;
    const endsAt = startsAt + POSE_TAKE_MS;
    const measuring = this.#vision.measure(BODY_ONLY);
    const cancel = this.#clock.after(endsAt + FRAMES_LATE_MS - this.#clock.mono(), () => this.#end(setup));
    return {
      recording: new PoseRecording(measuring, { startsAt, endsAt }),
      endsAt,
      stop: () => {
        cancel();
        measuring.stop();
      },
    };
  }

  #see(result: VisionResult): void {
    const setup = this.#setup;
    if (result.body !== undefined && result.capture?.session === setup?.warming?.measuring.session) this.#warmed(setup);
    setup?.take?.recording.see(result);
    this.#endIfOver();
  }

  #warm(): NonNullable<Setup['warming']> {
    const measuring = this.#vision.measure(BODY_ONLY);
    return { measuring, cancel: this.#clock.after(WARMING_MS, () => measuring.stop()) };
  }

  #warmed(setup: Setup | undefined): void {
    setup?.warming?.cancel();
    setup?.warming?.measuring.stop();
    if (setup !== undefined) setup.warming = undefined;
  }

  #endIfOver(): void {
    const setup = this.#setup;
    const recording = setup?.take?.recording;
    if (setup !== undefined && (recording?.over || recording?.broken !== undefined)) this.#end(setup);
  }

  #end(setup: Setup): void {
    const { take } = setup;
    if (take === undefined) return;
    take.stop();
    setup.take = undefined;
    const network = this.#vision.status().networks?.body;
    // Two networks never compare.
    if (network !== setup.network) setup.samples = [];
    setup.network = network;
    const judged =
      network === undefined
        ? ({ refused: take.recording.broken ?? 'no_network' } as const)
        : judgeEnrolTake(take.recording, setup.samples);
    setup.refused = judged.refused;
    if (judged.motion === undefined) return;
    setup.samples = [...setup.samples, judged.motion];
    if (setup.samples.length >= POSE_SAMPLES) this.#work = this.#store(setup, network!);
  }

  async #store(setup: Setup, network: string): Promise<void> {
    const { personId, samples } = setup;
    setup.storing = true;
    try {
      await storeTemplateOf({ people: this.#people, templates: this.#templates }, setup.consent, {
        id: this.#random.uuid7(),
        personId,
        kind: 'pose',
        pack: POSE_PACK,
        modelHash: network,
        ...encodePose({ arm: samples[0]!.arm, samples }),
        createdAt: new Date(this.#clock.now()).toISOString(),
      });
      setup.done = true;
      setup.samples = [];
    } catch (fault) {
      // The takes before are kept: one more stores them when there is space again.
      setup.samples = samples.slice(0, -1);
      setup.refused = 'fault';
      this.#onFault(fault);
    } finally {
      setup.storing = false;
    }
  }

  #viewOf({ id, samples, take, storing, done, refused }: Setup): PoseSetupView {
    const hint = take?.recording.hint;
    return {
      id,
      phase: done ? 'done' : take !== undefined || storing ? 'taking' : 'ready',
      taken: done ? POSE_SAMPLES : storing ? samples.length - 1 : samples.length,
      needed: POSE_SAMPLES,
      ...(hint !== undefined && { hint }),
      ...(refused !== undefined && { refused }),
      remainingMs: take === undefined ? 0 : Math.max(0, Math.round(take.endsAt - this.#clock.mono())),
    };
  }

  #own(personId: string, id: string): Setup {
    const setup = this.#setup;
    if (setup?.id !== id || setup.personId !== personId) throw over();
    return setup;
  }

  #expire(id: string): () => void {
    return this.#clock.after(POSE_SETUP_EXPIRES_MS, () => this.cancel(id));
  }
}

function over(): VestibuleError {
  return new VestibuleError('input_invalid', 'This set-up is over. Begin again.');
}
