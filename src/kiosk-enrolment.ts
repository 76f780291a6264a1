import type { AttendFlow } from './auth/attend-flow.js';
import { VestibuleError } from './domain/errors.js';
import type { Caller, EnrolmentDesk } from './http/parts.js';
import { type GivenConsent, PAGE_CONSENT_TEXT_VERSION } from './people/consent.js';
import type { Enrolments } from './people/enrolment.js';
import type { Clock } from './ports/clock.js';

/** Recognition pauses during an enrolment at the page, at most this long after the last step, ms. */
const PAUSE_MS = 60_000;

/** Guided enrolment at the page and by the command line: recognition pauses so that the newcomer makes no punch. */
export class KioskEnrolment implements EnrolmentDesk {
  readonly #enrolments: Enrolments;
  readonly #flow: AttendFlow;
  readonly #clock: Clock;
  readonly #openToAll: () => boolean;
  /** Enrolments at the page that recognition pauses for. */
  readonly #pausing = new Set<string>();
  #cancelPause: () => void = () => {};

  /** @param parts openToAll: may anybody at the page enrol himself now? */
  constructor(parts: { enrolments: Enrolments; flow: AttendFlow; clock: Clock; openToAll: () => boolean }) {
    this.#enrolments = parts.enrolments;
    this.#flow = parts.flow;
    this.#clock = parts.clock;
    this.#openToAll = parts.openToAll;
  }

  allowed(caller: Caller): boolean {
    return caller.admin || (caller.from === 'loopback' && this.#openToAll());
  }

  begin: EnrolmentDesk['begin'] = async (request, caller) => {
    const { name, externalId, personId, consent } = request;
    // An administrator records what was signed, whatever text it was; at the page only the present text is shown.
    if (!caller.admin && consent.textVersion !== PAGE_CONSENT_TEXT_VERSION)
      throw new VestibuleError(
        'input_invalid',
        `The page shows another text of consent than the one in force, of ${PAGE_CONSENT_TEXT_VERSION}. Reload the page and begin again.`,
      );
    const given = {
      textVersion: consent.textVersion,
      language: consent.language,
      recordedBy: caller.admin ? ('administrator' as const) : ('person' as const),
    };
    if (personId !== undefined) return this.#beginFor(personId, given, caller);
    const begun = this.#enrolments.begin(
      { name, ...(externalId !== undefined && { externalId }), consent: given },
      caller.admin ? 'photographs' : 'camera',
    );
    if (!caller.admin) this.#pause(begun.id);
    return begun;
  };

  addPhoto: EnrolmentDesk['addPhoto'] = async (id, picture) => {
    if (this.#enrolments.originOf(id) === 'camera') this.#pause(id);
    const verdict = await this.#enrolments.addPhoto(id, picture);
    const { count, needed } = verdict;
    if (verdict.accepted) return { accepted: true, count, needed };
    return { accepted: false, reason: verdict.reason, detail: verdict.detail, count, needed };
  };

  commit: EnrolmentDesk['commit'] = async (id) => {
    // Asked of the enrolment itself: the pause may be over long before the person goes on.
    const atPage = this.#enrolments.originOf(id) !== 'photographs';
    // Somebody enrolled twice under two names must not happen unseen at an unattended page.
    const { person, similar } = await this.#enrolments.commit(
      id,
      atPage ? { duplicates: 'refuse' } : { duplicates: 'warn', minPhotos: 1 },
    );
    this.#ended(id);
    return {
      person: { id: person.id, name: person.name },
      warnings: similar.length > 0 ? ['similar_person'] : [],
    };
  };

  cancel: EnrolmentDesk['cancel'] = async (id) => {
    this.#enrolments.cancel(id);
    this.#ended(id);
  };

  /** A face that is there already is not exchanged here: the person does that on the own page. */
  #beginFor(personId: string, consent: GivenConsent, caller: Caller): { readonly id: string; readonly needed: number } {
    if (!caller.admin)
      throw new VestibuleError(
        'not_permitted',
        'Only an administrator may give a face to somebody who is known already.',
      );
    if (this.#enrolments.hasFace(personId))
      throw new VestibuleError('person_exists', `The person ${personId} has a face already.`);
    return this.#enrolments.beginFor(personId, consent, 'photographs');
  }

  #pause(id: string): void {
    this.#pausing.add(id);
    this.#cancelPause();
    this.#flow.suspend('enrolment');
    this.#cancelPause = this.#clock.after(PAUSE_MS, () => {
      this.#pausing.clear();
      this.#flow.resume('enrolment');
    });
  }

  #ended(id: string): void {
    if (!this.#pausing.delete(id) || this.#pausing.size > 0) return;
    this.#cancelPause();
    this.#flow.resume('enrolment');
  }
}
