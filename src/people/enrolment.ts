import { createHash } from 'node:crypto';
import type { Config } from '../config/schema.js';
import type { CalibrationCurve } from '../domain/calibration.js';
import { VestibuleError } from '../domain/errors.js';
import type { Consent } from '../domain/person.js';
import { checkName } from '../domain/person-name.js';
import { judgePhoto, type PhotoRefusal } from '../domain/quality-gate.js';
import type { Template } from '../domain/template.js';
import { dot, meanUnit } from '../domain/vector.js';
import type { Clock } from '../ports/clock.js';
import type { Random } from '../ports/random.js';
import type { PackIdentity, StillAnalysis, Vision } from '../ports/vision.js';
import { completeConsent, type GivenConsent } from './consent.js';
import type { Enrolled, PhotoVerdict, PictureOrigin, SimilarPerson } from './enrolment-result.js';
import { storeNewPerson, storeTemplateOf } from './enrolment-store.js';
import { EnrolmentThresholds } from './enrolment-thresholds.js';
import type { NewPerson, People } from './people.js';
import type { Templates } from './templates.js';

export type { Enrolled, PhotoVerdict, PictureOrigin, SimilarPerson } from './enrolment-result.js';

/** An enrolment that nobody goes on with is forgotten after this time. */
export const ENROLMENT_EXPIRES_MS = 10 * 60 * 1000;
/** More at a time are refused: vectors of people who never gave consent to storage must not pile up. */
export const OPEN_ENROLMENTS_MAX = 8;
/** Two pictures at least this alike are the same picture (two frames of a still person stay below it; design value). */
const SAME_PICTURE_COSINE = 0.9995;

/** Somebody new, or the face of somebody who is there already. */
type Subject =
  | { readonly kind: 'new'; readonly given: NewPerson }
  | { readonly kind: 'existing'; readonly personId: string; readonly consent: Consent };

interface Session {
  readonly subject: Subject;
  readonly origin: PictureOrigin;
  /** Smallest distance between the eyes that is accepted. */
  readonly minEyeDistancePx: number;
  readonly samples: Float32Array[];
  readonly pictures: Set<string>;
  pack?: PackIdentity;
  cancelTimer: () => void;
}

/**
 * Guided enrolment: photographs are judged one by one and only their vectors are kept, in memory, until `commit`
 * stores person and template together, or nothing. Photographs are never kept.
 */
export class Enrolments {
  readonly #vision: Vision;
  readonly #people: People;
  readonly #templates: Templates;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #config: Pick<Config, 'enrolment' | 'recognition'>;
  readonly #thresholds: EnrolmentThresholds;
  readonly #sessions = new Map<string, Session>();

  constructor(parts: {
    vision: Vision;
    people: People;
    templates: Templates;
    clock: Clock;
    random: Random;
    curvesOf: (packId: string) => readonly CalibrationCurve[];
    config: Pick<Config, 'enrolment' | 'recognition'>;
  }) {
    this.#vision = parts.vision;
    this.#people = parts.people;
    this.#templates = parts.templates;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#config = parts.config;
    this.#thresholds = new EnrolmentThresholds(parts.curvesOf, parts.config.recognition);
  }

  /**
   * Begins an enrolment; nothing is stored.
   * @param origin photographs may be smaller than pictures of the camera: nobody can be asked to come closer
   * @returns id for the calls that follow and the number of pictures needed
   * @throws VestibuleError `input_invalid` (name, consent), `person_exists` (number taken), `enrolment_refused` (too many open)
   */
  begin(given: NewPerson, origin: PictureOrigin = 'camera'): { readonly id: string; readonly needed: number } {
    const checked = checkName(given.name);
    if (!checked.ok) throw new VestibuleError('input_invalid', checked.detail);
    const consent = completeConsent(given.consent, this.#clock.now());
    const externalId = given.externalId?.normalize('NFC').trim();
    if (externalId && this.#people.withExternalId(externalId) !== undefined) throw numberTaken();
    return this.#open({ kind: 'new', given: { name: checked.name, externalId, consent } }, origin);
  }

  /**
   * Begins to set up the face of somebody who is there already; an open one of the same person is given up. Consent and
   * template are stored by `commit`; a former template is replaced then.
   * @throws VestibuleError `person_unknown` (or not active), `input_invalid` (consent), `enrolment_refused` (too many open)
   */
  beginFor(
    personId: string,
    consent: GivenConsent,
    origin: PictureOrigin = 'camera',
  ): { readonly id: string; readonly needed: number } {
    if (this.#people.find(personId)?.active !== true)
      throw new VestibuleError('person_unknown', `There is no active person with the id ${personId}.`);
    const complete = completeConsent(consent, this.#clock.now());
    for (const id of [...this.#sessions.keys()]) if (this.personOf(id) === personId) this.#close(id);
    return this.#open({ kind: 'existing', personId, consent: complete }, origin);
  }

  /** Whether a face of this person is stored. */
  hasFace(personId: string): boolean {
    return this.#templates.of(personId).some(({ kind }) => kind === 'face');
  }

  /** Whose face an open enrolment sets up; undefined for a new person and once it is over. */
  personOf(id: string): string | undefined {
    const subject = this.#sessions.get(id)?.subject;
    return subject?.kind === 'existing' ? subject.personId : undefined;
  }

  /** Where the pictures of an open enrolment come from; undefined once it is over. */
  originOf(id: string): PictureOrigin | undefined {
    return this.#sessions.get(id)?.origin;
  }

  /**
   * Judges one JPEG or PNG and keeps its vector when it is accepted.
   * @throws VestibuleError `input_invalid` (unknown or expired id), `pack_mismatch`, `vision_unavailable`, `vision_timeout`
   */
  async addPhoto(id: string, bytes: Uint8Array): Promise<PhotoVerdict> {
    const session = this.#session(id);
    session.cancelTimer();
    session.cancelTimer = this.#expire(id);
    const needed = this.#config.enrolment.photos;
    const refuse = (reason: PhotoRefusal, detail: string): PhotoVerdict => ({
      accepted: false,
      reason,
      detail,
      count: session.samples.length,
      needed,
    });
    const digest = createHash('sha256').update(bytes).digest('base64');
    if (session.pictures.has(digest)) return refuse('same_picture', 'This picture was used already. Take another one.');
    let analysis: StillAnalysis;
    try {
      analysis = await this.#vision.still(bytes);
    } catch (thrown) {
      if (thrown instanceof VestibuleError && thrown.code === 'image_refused')
        return refuse('unreadable', thrown.message);
      throw thrown;
    }
    // Somebody may have cancelled or committed while the picture was analysed.
    if (this.#sessions.get(id) !== session) throw unknownEnrolment();
    this.#checkPack(session, analysis.pack);
    const verdict = judgePhoto(analysis.faces, session);
    if (!verdict.ok) return refuse(verdict.reason, verdict.detail);
    const embedding = verdict.face.embedding;
    if (embedding === undefined || meanUnit([embedding]) === undefined)
      return refuse('no_face', 'The face could not be measured. Use another picture.');
    if (session.samples.some((sample) => dot(sample, embedding) >= SAME_PICTURE_COSINE))
      return refuse('same_picture', 'This picture is the same as another one. Take one at another moment.');
    const mean = meanUnit(session.samples);
    const score = mean && dot(mean, embedding);
    if (score !== undefined && score < this.#thresholds.samePerson(analysis.pack.id, session.samples.length))
      return refuse('different_person', 'This picture shows somebody else than the pictures before.');
    session.samples.push(embedding);
    session.pictures.add(digest);
    session.pack = analysis.pack;
    return { accepted: true, count: session.samples.length, needed, ...(score !== undefined && { score }) };
  }

  /**
   * Stores person and template, or nothing.
   * @param options duplicates: whether somebody who looks like an enrolled person is refused or only reported;
   *   minPhotos: accepted pictures needed, by default those of the configuration
   * @throws VestibuleError `input_invalid`, `enrolment_refused` (too few pictures, duplicate), `person_exists`,
   *   `pack_mismatch`, `storage_*`
   */
  async commit(
    id: string,
    options: { readonly duplicates: 'refuse' | 'warn'; readonly minPhotos?: number },
  ): Promise<Enrolled> {
    const session = this.#session(id);
    const needed = options.minPhotos ?? this.#config.enrolment.photos;
    const { samples, pack, subject } = session;
    const vector = meanUnit(samples);
    if (samples.length < needed || pack === undefined || vector === undefined)
      throw new VestibuleError('enrolment_refused', `${samples.length} of ${needed} pictures were accepted so far.`);
    this.#checkPack(session, pack);
    const similar = this.#similarTo(vector, pack, samples.length, this.personOf(id));
    if (similar.length > 0 && options.duplicates === 'refuse')
      throw new VestibuleError(
        'enrolment_refused',
        'Somebody who looks the same is enrolled already. Remove the other entry first, or ask an administrator.',
        { context: { personId: similar[0]!.personId } },
      );
    // From here on the session is used up: two commits at once store one person.
    this.#close(id);
    const templateOf = (personId: string): Template => ({
      id: this.#random.uuid7(),
      personId,
      kind: 'face',
      pack: pack.id,
      modelHash: pack.hash,
      vector,
      samples: [...samples],
      createdAt: new Date(this.#clock.now()).toISOString(),
    });
    const rooms = { people: this.#people, templates: this.#templates };
    if (subject.kind === 'existing') {
      const person = await storeTemplateOf(rooms, subject.consent, templateOf(subject.personId));
      return { person, similar };
    }
    const { given } = subject;
    if (given.externalId && this.#people.withExternalId(given.externalId) !== undefined) throw numberTaken();
    const person = await storeNewPerson(rooms, given, templateOf);
    return { person, similar };
  }

  /** Forgets an enrolment; an unknown id is no fault. */
  cancel(id: string): void {
    this.#close(id);
  }

  /** Forgets all open enrolments. */
  stop(): void {
    for (const id of [...this.#sessions.keys()]) this.#close(id);
  }

  #open(subject: Subject, origin: PictureOrigin): { readonly id: string; readonly needed: number } {
    if (this.#sessions.size >= OPEN_ENROLMENTS_MAX)
      throw new VestibuleError('enrolment_refused', 'Too many enrolments are open. Finish or cancel one of them.');
    const id = this.#random.uuid7();
    const { photos, minEyeDistancePx, importMinEyeDistancePx } = this.#config.enrolment;
    this.#sessions.set(id, {
      subject,
      origin,
      minEyeDistancePx: origin === 'camera' ? minEyeDistancePx : importMinEyeDistancePx,
      samples: [],
      pictures: new Set(),
      cancelTimer: this.#expire(id),
    });
    return { id, needed: photos };
  }

  #similarTo(vector: Float32Array, pack: PackIdentity, photos: number, own: string | undefined): SimilarPerson[] {
    const others = this.#templates
      .all()
      .filter(
        ({ kind, modelHash, personId }) =>
          kind === 'face' && modelHash === pack.hash && personId !== own && this.#people.find(personId) !== undefined,
      );
    if (others.length === 0) return [];
    const threshold = this.#thresholds.duplicate(pack.id, photos);
    return others
      .map((other) => ({ personId: other.personId, score: dot(other.vector, vector), threshold }))
      .filter(({ score }) => score >= threshold)
      .sort((a, b) => b.score - a.score);
  }

  #checkPack(session: Session, pack: PackIdentity): void {
    const fixed = session.pack ?? (this.#templates.hasFaces() ? this.#templates.pinnedPack() : undefined);
    if (fixed !== undefined && fixed.hash !== pack.hash)
      throw new VestibuleError(
        'pack_mismatch',
        `The enrolled people were measured with the model pack "${fixed.id}"; the vision process runs "${pack.id}".`,
        { context: { pinned: fixed.id, given: pack.id } },
      );
  }

  #session(id: string): Session {
    const session = this.#sessions.get(id);
    if (session === undefined) throw unknownEnrolment();
    return session;
  }

  #expire(id: string): () => void {
    return this.#clock.after(ENROLMENT_EXPIRES_MS, () => this.#close(id));
  }

  #close(id: string): void {
    this.#sessions.get(id)?.cancelTimer();
    this.#sessions.delete(id);
  }
}

function numberTaken(): VestibuleError {
  return new VestibuleError('person_exists', 'The personnel number belongs to another person.');
}

function unknownEnrolment(): VestibuleError {
  return new VestibuleError('input_invalid', 'This enrolment is over. Begin again.');
}
