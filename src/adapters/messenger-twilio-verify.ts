import type { CheckOutcome, CodeProvider, SendOutcome } from '../ports/messenger.js';
import { isMailAddress, isPhoneNumber } from './code-destination.js';
import type { TwilioClient } from './twilio-client.js';
import { failed } from './twilio-faults.js';

export const VERIFY_CHANNELS = ['sms', 'call', 'whatsapp', 'email'] as const;
export type VerifyChannel = (typeof VERIFY_CHANNELS)[number];

/** A check of a verification that expired, was used or never began. */
const NOT_FOUND = 20404;
const CHECKS_USED = 60202;
/** Ends of a verification that another code cannot change. */
const OVER: readonly string[] = ['canceled', 'max_attempts_reached', 'deleted', 'failed', 'expired'];

/**
 * Codes that Twilio Verify makes, sends and checks: POST /v2/Services/{VA}/Verifications and /VerificationCheck.
 * Approved is one answer only: HTTP 2xx with `status: approved`.
 */
export class TwilioVerifyProvider implements CodeProvider {
  readonly kind = 'provider';
  readonly #client: TwilioClient;
  readonly #serviceSid: string;
  readonly #channel: VerifyChannel;

  constructor(client: TwilioClient, serviceSid: string, channel: VerifyChannel) {
    this.#client = client;
    this.#serviceSid = serviceSid;
    this.#channel = channel;
  }

  async start(to: string, language: string): Promise<SendOutcome> {
    const fits = this.#channel === 'email' ? isMailAddress(to) : isPhoneNumber(to);
    if (!fits) return failed('destination_refused', 'malformed').outcome;
    const locale = /^(en|de|fr)$/.test(language) ? language : 'en';
    const result = await this.#client.call(
      (client) =>
        client.verify.v2.services(this.#serviceSid).verifications.create({ to, channel: this.#channel, locale }),
      true,
    );
    if (result.kind === 'failure') return result.outcome;
    const status: unknown = result.value.status;
    if (status === 'pending') return { kind: 'sent' };
    return failed(isOver(status) ? 'refused' : 'unreachable', isOver(status) ? status : 'bad_answer').outcome;
  }

  async check(to: string, code: string): Promise<CheckOutcome> {
    if (!/^\d{4,10}$/.test(code)) return { kind: 'wrong' };
    const result = await this.#client.call(
      (client) => client.verify.v2.services(this.#serviceSid).verificationChecks.create({ to, code }),
      false,
    );
    if (result.kind === 'failure') {
      if (result.code === NOT_FOUND || result.code === CHECKS_USED) return { kind: 'over' };
      return result.outcome;
    }
    const status: unknown = result.value.status;
    if (status === 'approved') return { kind: 'approved' };
    if (status === 'pending') return { kind: 'wrong' };
    return isOver(status) ? { kind: 'over' } : failed('unreachable', 'bad_answer').outcome;
  }

  /** Asks for the service, which costs nothing. */
  async probe(): Promise<SendOutcome> {
    const result = await this.#client.call((client) => client.verify.v2.services(this.#serviceSid).fetch(), true);
    if (result.kind === 'failure') return result.outcome;
    return typeof result.value.sid === 'string' ? { kind: 'sent' } : failed('unreachable', 'bad_answer').outcome;
  }
}

function isOver(status: unknown): status is string {
  return typeof status === 'string' && OVER.includes(status);
}
