import type { Config } from '../config/schema.js';
import type { FactorKind, FactorResult } from '../domain/factor.js';
import type { Person } from '../domain/person.js';
import type { Role } from '../domain/role.js';
import type { Credentials, PersonCredentials } from '../people/credentials.js';
import type { Invitations } from '../people/invitations.js';
import type { Passwords } from '../people/passwords.js';
import type { People } from '../people/people.js';
import type { Templates } from '../people/templates.js';
import type { Clock } from '../ports/clock.js';
import type { CodeWay } from './factors/otp-channels.js';
import type { SetupRules } from './setup-state.js';

/** Who asks, as far as the connection shows. */
export interface RegistrationCaller {
  readonly from: 'loopback' | 'origin' | 'lan';
}

export interface RegistrationRequest {
  /** Name as it is shown; not looked at where the invitation is for somebody who has an entry. */
  readonly name?: string;
  readonly userName: string;
  readonly password: string;
  readonly invitation?: string;
}

export type ResumeRequest = { readonly userName: string; readonly password: string } | { readonly invitation: string };

/** What an invitation is for. `expiresAt`: RFC 3339 with offset. */
export interface InvitationView {
  readonly kind: 'register' | 'reset';
  readonly name?: string;
  readonly userName?: string;
  readonly role: Role;
  readonly expiresAt: string;
}

export interface RegistrationRules {
  readonly open: boolean;
  readonly face: Config['registration']['face'];
  readonly consentTextVersion: string;
  /** What can be set up here to get codes, the preferred one first. */
  readonly codes: readonly CodeWay[];
  readonly password: { readonly least: number; readonly leastAlone: number; readonly longest: number };
  readonly pin: { readonly least: number; readonly longest: number };
}

/** What may happen to one answer: the part of `Regulation` that is needed here. */
export interface AnswerRegulation {
  check(
    subject: string,
    factor: FactorKind,
    verify: () => Promise<FactorResult>,
  ): Promise<{
    readonly result?: FactorResult;
    readonly judgement: { readonly kind: 'open' | 'locked' } | { readonly kind: 'wait'; readonly ms: number };
  }>;
  passed(subject: string, factor: FactorKind): Promise<void>;
}

/** @typeParam Issued what an opened session gives the caller */
export interface RegistrationParts<Issued> {
  readonly people: People;
  readonly credentials: Credentials;
  readonly templates: Templates;
  readonly invitations: Invitations;
  readonly passwords: Passwords;
  /** The factor that attempts use: same hasher, same time for unknown names, same rehashing. */
  readonly password: { verify(personId: string | undefined, plain: string): Promise<FactorResult> };
  readonly regulation: AnswerRegulation;
  /** Subject of the regulation for a user name that nobody has. */
  readonly strangerOf: (userName: string) => string;
  readonly sessions: {
    open(session: {
      personId: string;
      role: Role;
      purpose: 'setup';
      amr: readonly string[];
      place: 'kiosk' | 'remote';
      name: string;
    }): Promise<Issued>;
    endAllOf(personId: string): void;
  };
  readonly rulesFor: (person: Person, credentials: PersonCredentials | undefined) => SetupRules;
  readonly clock: Clock;
  readonly config: Pick<Config, 'registration' | 'passwords' | 'zone'>;
  readonly consentTextVersion: string;
  readonly codes: { ways(): readonly CodeWay[] };
  /** A registration that is complete could not be noted as such; it is tried again at the next change. */
  readonly onFault: (fault: unknown) => void;
}
