import type { FactorOutcome, FactorResult, OtpChannel } from '../../domain/factor.js';
import type { Reason } from '../../domain/reason.js';
import type { Credentials } from '../../people/credentials.js';
import type { Clock } from '../../ports/clock.js';
import type { CodeMessenger, CodeProvider } from '../../ports/messenger.js';
import type { Random } from '../../ports/random.js';
import type { CodeBudget } from '../code-budget.js';
import type { TakenSteps } from '../taken-steps.js';
import { CHANNELS, type ChannelId, type CodeWay, codeWayOf, isChannelId } from './otp-channels.js';
import { typedCode } from './otp-code.js';
import { destinationOf, masked } from './otp-destination.js';
import { OwnCodes, type OwnCodeVerdict } from './own-codes.js';
import { looksLikeRecoveryCode } from './recovery-codes.js';
import { type SendVerdict, SentCodes } from './sent-codes.js';

/** The configured section `otp` (config/schema-login.ts), as far as it is needed here. */
export interface OtpSettings {
  readonly channels: readonly ChannelId[];
  readonly digits: number;
  readonly lifeSeconds: number;
  readonly countries: readonly string[];
}

/** A way to get a code. The destination is masked. */
export interface CodeChoice {
  readonly id: ChannelId;
  readonly channel: OtpChannel;
  readonly destination?: string;
}

/** The code that was sent last, for the page. Times in ms from now. */
export interface SentView extends CodeChoice {
  /** 0 when the code is dead. */
  readonly expiresInMs: number;
  readonly resendInMs: number;
  readonly triesLeft: number;
  readonly demoCode?: string;
}

export interface CodeVerdict {
  readonly result: FactorResult;
  readonly message?: 'code_wrong' | 'code_expired';
}

const CONTACT = 'contact:';

/** Key under which a number or address of a person is confirmed: only a code sent there answers it. */
export function contactKey(personId: string, kind: 'phone' | 'email'): string {
  return `${CONTACT}${personId}:${kind}`;
}

/**
 * One-time codes: sent by a messenger, of an authenticator app, or printed beforehand (docs/adr/0083). A key is the id
 * of an attempt, or `contactKey`. Whether an answer is looked at at all is for `Regulation` to say.
 */
export class OneTimeCodes {
  readonly #clock: Clock;
  readonly #credentials: Pick<Credentials, 'of' | 'change'>;
  readonly #config: OtpSettings;
  readonly #onFault: (error: unknown) => void;
  readonly #own: OwnCodes;
  readonly #sent: SentCodes;
  /** Channels of the configuration that work here, in its order. */
  readonly #channels: readonly ChannelId[];
  /** Keys that turned to a code that is not sent. */
  readonly #turnedAway = new Set<string>();

  /**
   * @param parts from: site and kiosk as people know them; language: of the messages; demo: codes may stand on the
   *   screen; onFault: what an administrator has to know, without numbers and codes
   */
  constructor(parts: {
    clock: Clock;
    random: Random;
    credentials: Pick<Credentials, 'of' | 'change'>;
    steps: Pick<TakenSteps, 'take'>;
    messengers: ReadonlyMap<ChannelId, CodeMessenger | CodeProvider>;
    budget: CodeBudget;
    config: OtpSettings;
    from: string;
    language: string;
    demo: boolean;
    onFault: (error: unknown) => void;
  }) {
    const { clock, random, credentials, steps, messengers, config, from, language } = parts;
    const { digits, lifeSeconds } = config;
    this.#clock = clock;
    this.#credentials = credentials;
    this.#config = config;
    this.#onFault = parts.onFault;
    this.#channels = config.channels.filter(
      (id) => CHANNELS[id].to === 'own' || (messengers.has(id) && (id !== 'screen' || parts.demo)),
    );
    this.#own = new OwnCodes({ clock, random, credentials, steps });
    const settings = { digits, lifeSeconds, from, language };
    this.#sent = new SentCodes({ ...parts, settings });
  }

  /** First working channel to a number or an address. */
  channelTo(kind: 'phone' | 'email'): ChannelId | undefined {
    return this.#channels.find((id) => CHANNELS[id].to === kind);
  }

  /** What a person can set up here to get codes, the preferred one first. */
  ways(): readonly CodeWay[] {
    return [...new Set(this.#channels.map(codeWayOf))].filter((way) => way !== undefined);
  }

  /**
   * Ways to get a code, the preferred one first.
   * @param proven something proved who this is; otherwise every way is named, for known and unknown names alike
   */
  choices(personId: string | undefined, proven: boolean): readonly CodeChoice[] {
    if (!proven || personId === undefined) return this.#channels.map((id) => ({ id, channel: CHANNELS[id].channel }));
    return this.#channels.flatMap((id) => {
      const facts = CHANNELS[id];
      if (id === 'totp' && !this.#own.hasTotp(personId)) return [];
      if (id === 'recovery' && this.#own.recoveryCodesLeft(personId) === 0) return [];
      const destination = this.#destination(personId, id, '');
      if (facts.to !== 'own' && destination === undefined) return [];
      const shown = destination === undefined ? undefined : masked(destination, facts);
      return [{ id, channel: facts.channel, ...(shown !== undefined && { destination: shown }) }];
    });
  }

  /**
   * Sends a code; the former one of this key is dead from then on. For `totp` and `recovery` nothing goes out: `state`
   * says nothing any more, because the person turned to a code he has.
   * @param key id of an attempt, or `contactKey`
   */
  async send(key: string, personId: string | undefined, channelId: string, proven: boolean): Promise<SendVerdict> {
    const id = isChannelId(channelId) && this.#channels.includes(channelId) ? channelId : undefined;
    if (id === undefined || !suits(id, key)) return { kind: 'refused', message: 'code_not_sent' };
    if (CHANNELS[id].to === 'own') {
      this.#turnedAway.add(key);
      return { kind: 'sent' };
    }
    this.#turnedAway.delete(key);
    const destination = this.#destination(personId, id, key);
    return this.#sent.send({ key, personId, id, destination, proven });
  }

  /** The code that was sent last for this key. @param proven otherwise it is not said where it went */
  state(key: string, proven: boolean): SentView | undefined {
    const sent = this.#turnedAway.has(key) ? undefined : this.#sent.of(key);
    if (sent === undefined) return undefined;
    const facts = CHANNELS[sent.id];
    const destination = proven && sent.destination !== undefined ? masked(sent.destination, facts) : undefined;
    return {
      id: sent.id,
      channel: facts.channel,
      ...(destination !== undefined && { destination }),
      expiresInMs: this.#sent.isAlive(sent) ? sent.expiresAt - this.#clock.mono() : 0,
      resendInMs: this.#sent.resendInMs(key, sent.personId, proven),
      triesLeft: sent.triesLeft,
      ...(sent.demoCode !== undefined && { demoCode: sent.demoCode }),
    };
  }

  /**
   * Checks a code of any kind that the person may have. Never passes for somebody unknown, nor when something failed.
   * @param key the code of another key never passes
   */
  async check(key: string, personId: string | undefined, code: string): Promise<CodeVerdict> {
    const typed = typedCode(code);
    if (!key.startsWith(CONTACT)) {
      const own = await this.#checkOwn(personId, typed);
      if (own !== undefined) {
        if (own.result.outcome === 'passed') this.#sent.forget(key);
        return own;
      }
    }
    const sent = this.#sent.of(key);
    const destination = sent && this.#destination(personId, sent.id, key);
    const verdict = await this.#sent.check(key, personId, destination, typed);
    const channel = sent === undefined ? 'totp' : CHANNELS[sent.id].channel;
    if (verdict === 'right') return this.#verdict('passed', 'ok', channel);
    if (verdict === 'unavailable') return this.#verdict('unavailable', 'factor_unavailable', channel);
    return this.#verdict('failed', verdict === 'over' ? 'code_expired' : 'code_wrong', channel);
  }

  /** The codes of this key are dead. */
  forget(key: string): void {
    this.#turnedAway.delete(key);
    this.#sent.forget(key);
  }

  /** Undefined: this is no code that the person has himself; it may be one that was sent. */
  async #checkOwn(personId: string | undefined, typed: string): Promise<CodeVerdict | undefined> {
    const kind = looksLikeRecoveryCode(typed) ? 'recovery' : 'totp';
    if (!this.#channels.includes(kind)) return undefined;
    let verdict: OwnCodeVerdict;
    try {
      verdict = await (kind === 'recovery' ? this.#own.recovery(personId, typed) : this.#own.totp(personId, typed));
    } catch (error) {
      this.#onFault(error);
      return this.#verdict('unavailable', 'factor_unavailable', kind);
    }
    if (verdict === 'right') return this.#verdict('passed', 'ok', kind);
    if (verdict === 'used') return this.#verdict('failed', 'code_expired', kind);
    return kind === 'recovery' ? this.#verdict('failed', 'code_wrong', kind) : undefined;
  }

  #destination(personId: string | undefined, id: ChannelId, key: string): string | undefined {
    const contacts = personId === undefined ? undefined : this.#credentials.of(personId);
    return destinationOf(contacts, CHANNELS[id], this.#config.countries, key.startsWith(CONTACT));
  }

  #verdict(outcome: FactorOutcome, reason: Reason, channel: OtpChannel): CodeVerdict {
    const result: FactorResult = { kind: 'otp', outcome, reason, channel, at: this.#clock.mono() };
    return { result, ...((reason === 'code_wrong' || reason === 'code_expired') && { message: reason }) };
  }
}

/** A number is confirmed by a message to a number, an address by a mail. */
function suits(id: ChannelId, key: string): boolean {
  return !key.startsWith(CONTACT) || key.endsWith(`:${CHANNELS[id].to}`);
}
