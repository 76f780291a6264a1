import type { Config } from '../config/schema.js';
import type { CalibrationCurve } from '../domain/calibration.js';
import type { FactorResult } from '../domain/factor.js';
import { decideMatch, Gallery, type MatchVerdict } from '../domain/match.js';
import type { Reason } from '../domain/reason.js';
import type { Template } from '../domain/template.js';
import { chooseThreshold } from '../domain/threshold.js';
import type { People } from '../people/people.js';
import type { Templates } from '../people/templates.js';
import type { PackIdentity, Vision } from '../ports/vision.js';

/** False match rate at which two frames 100 ms apart still count as one face (track continuity, docs/adr/0042). */
const SAME_FACE_FMR = 1e-2;

/** Whether people are recognised among all (1:N), for the page and `doctor`. */
export interface IdentificationStatus {
  readonly identification: 'ready' | 'empty' | 'refused';
  /** Why not, as a sentence. */
  readonly reason?: string;
  /** Cosine. */
  readonly threshold?: number;
  readonly fmr?: number;
  /** Persons compared. */
  readonly gallery: number;
}

interface Prepared {
  readonly status: IdentificationStatus;
  readonly gallery?: Gallery;
  readonly pack?: PackIdentity;
  readonly sameFace: number;
}

/** Search among all enrolled persons with the threshold that their number demands. */
export class Identification {
  readonly #people: People;
  readonly #templates: Templates;
  readonly #vision: Vision;
  readonly #curvesOf: (packId: string) => readonly CalibrationCurve[];
  readonly #recognition: Config['recognition'];
  #prepared: Prepared | undefined;
  #preparedFor: string | undefined;
  /** Templates are never changed in place: another list means that something changed. */
  #preparedOf: readonly Template[] | undefined;

  constructor(parts: {
    people: People;
    templates: Templates;
    vision: Vision;
    curvesOf: (packId: string) => readonly CalibrationCurve[];
    recognition: Config['recognition'];
  }) {
    this.#people = parts.people;
    this.#templates = parts.templates;
    this.#vision = parts.vision;
    this.#curvesOf = parts.curvesOf;
    this.#recognition = parts.recognition;
  }

  /** To be called when persons changed; changed templates are noticed. */
  invalidate(): void {
    this.#prepared = undefined;
  }

  status(): IdentificationStatus {
    return this.#current().status;
  }

  /** Least cosine between two frames of one face. */
  sameFace(): number {
    return this.#current().sameFace;
  }

  /** Compares one embedding of the running pack with everybody. */
  match(embedding: Float32Array): MatchVerdict {
    const { gallery, pack, status } = this.#current();
    if (status.identification === 'refused') return { kind: 'unavailable' };
    if (gallery === undefined || pack === undefined || status.threshold === undefined) return { kind: 'no_match' };
    const candidates = gallery.identify({ vector: embedding, modelHash: pack.hash });
    return decideMatch(candidates, { threshold: status.threshold, margin: this.#recognition.margin });
  }

  /** The face factor of a decision. @param at monotonic ms */
  factor(reason: Reason, at: number, score?: number): FactorResult {
    const { status, pack } = this.#current();
    return {
      kind: 'face',
      outcome: reason === 'ok' ? 'passed' : reason === 'factor_unavailable' ? 'unavailable' : 'failed',
      reason,
      ...(score !== undefined && { score }),
      ...(status.threshold !== undefined && { threshold: status.threshold }),
      ...(status.fmr !== undefined && { fmr: status.fmr }),
      mode: '1:N',
      gallery: status.gallery,
      ...(pack && { model: pack.hash.slice(0, 'sha256:'.length + 16) }),
      at,
    };
  }

  #current(): Prepared {
    const running = this.#vision.status().pack;
    const templates = this.#templates.all();
    if (this.#prepared === undefined || this.#preparedFor !== running?.hash || this.#preparedOf !== templates) {
      this.#prepared = this.#prepare(running);
      this.#preparedFor = running?.hash;
      this.#preparedOf = templates;
    }
    return this.#prepared;
  }

  #prepare(running: PackIdentity | undefined): Prepared {
    const faces = this.#templates
      .all()
      .filter((template) => template.kind === 'face' && this.#people.find(template.personId) !== undefined);
    const pack = running ?? this.#templates.pinnedPack();
    const first = faces[0];
    if (pack === undefined) return { status: emptyStatus, sameFace: 0 };
    const sameFace = this.#threshold(pack.id, 1, '1:1', 1, SAME_FACE_FMR);
    const base = { pack, sameFace: sameFace.kind === 'threshold' ? sameFace.threshold : 0 };
    if (first === undefined) return { ...base, status: emptyStatus };
    const count = new Set(faces.map((template) => template.personId)).size;
    if (first.modelHash !== pack.hash)
      return {
        ...base,
        status: {
          identification: 'refused',
          reason: `The enrolled people were measured with the model pack "${first.pack}", but "${pack.id}" is running. Select the first one, or enrol everybody again.`,
          gallery: count,
        },
      };
    // One threshold for the whole gallery must hold for every kind of template in it: the strictest one.
    const kinds = new Set(faces.map((template) => Math.max(1, template.samples.length)));
    const choices = [...kinds].map((photos) =>
      this.#threshold(pack.id, photos, '1:N', count, this.#recognition.verificationFmr),
    );
    const refused = choices.find((one) => one.kind === 'refused');
    if (refused !== undefined)
      return { ...base, status: { identification: 'refused', reason: refused.reason, gallery: count } };
    const [choice] = choices.filter((one) => one.kind === 'threshold').sort((a, b) => b.threshold - a.threshold);
    if (choice === undefined) return { ...base, status: emptyStatus };
    const gallery = new Gallery({ modelHash: pack.hash, dim: pack.dim, entries: faces });
    const { threshold, fmr } = choice;
    return { ...base, gallery, status: { identification: 'ready', threshold, fmr, gallery: count } };
  }

  #threshold(packId: string, photos: number, mode: '1:1' | '1:N', gallery: number, verificationFmr: number) {
    const { identificationFpir } = this.#recognition;
    const curves = this.#curvesOf(packId);
    return chooseThreshold({ curves, photos, mode, gallery, verificationFmr, identificationFpir });
  }
}

const emptyStatus: IdentificationStatus = {
  identification: 'empty',
  reason: 'Nobody is enrolled yet.',
  gallery: 0,
};
