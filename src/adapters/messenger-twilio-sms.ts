import type { CodeMessage, CodeMessenger, SendOutcome } from '../ports/messenger.js';
import { isPhoneNumber } from './code-destination.js';
import { smsText } from './code-text.js';
import type { TwilioClient } from './twilio-client.js';
import { failed, twilioFailure } from './twilio-faults.js';

/** What the Messages API says of a message that it took. */
const TAKEN: readonly string[] = ['accepted', 'queued', 'scheduled', 'sending', 'sent', 'delivered'];
const LOST: readonly string[] = ['failed', 'undelivered', 'canceled'];

/** Our own code by the Messages API: POST /2010-04-01/Accounts/{AC}/Messages.json. Taken is not yet delivered. */
export class TwilioSmsMessenger implements CodeMessenger {
  readonly kind = 'carrier';
  readonly #client: TwilioClient;
  readonly #accountSid: string;
  readonly #sender: { readonly from: string } | { readonly messagingServiceSid: string };

  /** @param from number in international form, or SID of a messaging service (MG…) */
  constructor(client: TwilioClient, accountSid: string, from: string) {
    this.#client = client;
    this.#accountSid = accountSid;
    this.#sender = from.startsWith('MG') ? { messagingServiceSid: from } : { from };
  }

  async send(to: string, message: CodeMessage): Promise<SendOutcome> {
    if (!isPhoneNumber(to)) return failed('destination_refused', 'malformed').outcome;
    // A message that the network holds back is dropped when its code is dead.
    const validityPeriod = message.minutes * 60;
    const result = await this.#client.call(
      (client) => client.messages.create({ to, ...this.#sender, body: smsText(message), validityPeriod }),
      true,
    );
    if (result.kind === 'failure') return result.outcome;
    const { status, errorCode } = result.value as { readonly status: unknown; readonly errorCode: unknown };
    if (typeof status !== 'string') return failed('unreachable', 'bad_answer').outcome;
    if (TAKEN.includes(status)) return { kind: 'sent' };
    if (LOST.includes(status)) return twilioFailure({ status: 400, code: errorCode }, undefined).outcome;
    return failed('unreachable', 'bad_answer').outcome;
  }

  /** Asks for the account, which costs nothing. */
  async probe(): Promise<SendOutcome> {
    const result = await this.#client.call((client) => client.api.v2010.accounts(this.#accountSid).fetch(), true);
    if (result.kind === 'failure') return result.outcome;
    const status: unknown = result.value.status;
    if (status === 'active') return { kind: 'sent' };
    return status === 'suspended' || status === 'closed'
      ? failed('not_configured', `account_${status}`).outcome
      : failed('unreachable', 'bad_answer').outcome;
  }
}
