import type { AttemptFaces } from '../../src/auth/attempt-parts.js';
import type { FactorOutcome, FactorResult } from '../../src/domain/factor.js';
import type { GuidanceCode } from '../../src/domain/guidance.js';
import type { Reason } from '../../src/domain/reason.js';

type Request = Parameters<AttemptFaces['watch']>[0];

const REASONS: Readonly<Record<FactorOutcome, Reason>> = {
  passed: 'ok',
  failed: 'no_match',
  unavailable: 'factor_unavailable',
};

/** The face factor without a camera: a test says what it saw. One watch at a time, the newest one. */
export class FakeFaces implements AttemptFaces {
  /** The camera sees. */
  seeing = true;
  /** People among all can be searched for. */
  searching = true;
  /** People whose face is enrolled. */
  readonly enrolled = new Set<string>();
  /** People who exist; the face of anybody else is looked for and never matches. */
  readonly known: (id: string) => boolean;
  /** The watch that runs; undefined when nobody is looked for. */
  request: Request | undefined;
  /** Watches begun so far. */
  watches = 0;
  #now: () => number;

  constructor(now: () => number, known: (id: string) => boolean) {
    this.#now = now;
    this.known = known;
  }

  ready(): boolean {
    return this.seeing;
  }

  available(personId: string | undefined): boolean {
    if (!this.seeing) return false;
    if (personId === undefined) return this.searching;
    return this.enrolled.has(personId) || !this.known(personId);
  }

  watch(request: Request): { stop(): void } {
    this.watches += 1;
    this.request = request;
    return {
      stop: () => {
        if (this.request === request) this.request = undefined;
      },
    };
  }

  guide(code?: GuidanceCode): void {
    this.request?.onGuidance(code);
  }

  /**
   * The person before the camera was compared; nothing happens when nobody is looked for.
   * @param personId whose face it is; a stranger when absent
   */
  show(personId?: string): void {
    const { request } = this;
    if (request === undefined) return;
    const isEnrolled = personId !== undefined && this.enrolled.has(personId);
    const matches = isEnrolled && (request.personId === undefined || request.personId === personId);
    if (matches) this.finish('passed', personId);
    else this.finish('failed');
  }

  finish(outcome: FactorOutcome, personId?: string, reason: Reason = REASONS[outcome]): void {
    const { request } = this;
    this.request = undefined;
    request?.onResult(this.result(outcome, reason, request.personId), personId);
  }

  result(outcome: FactorOutcome, reason: Reason = REASONS[outcome], named?: string): FactorResult {
    const mode = named === undefined ? ('1:N' as const) : ('1:1' as const);
    const facts = { score: outcome === 'passed' ? 0.71 : 0.12, threshold: 0.5, fmr: 1e-4, mode, gallery: 1 };
    return { kind: 'face', outcome, reason, ...facts, model: 'sha256:abababababababab', at: this.#now() };
  }
}
