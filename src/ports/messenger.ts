/** Why a message or a check did not get through. Never with the provider's text: it may hold number or code. */
export type MessengerFault =
  /** The provider does not take this number or address. */
  | 'destination_refused'
  /** The channel cannot reach this number (landline for SMS). */
  | 'channel_unsuited'
  | 'rate_limited'
  /** Wrong or missing account data: an administrator has to mend it. */
  | 'not_configured'
  /** No answer in time, broken connection, 5xx, an answer that cannot be read. */
  | 'unreachable'
  /** Any other refusal. */
  | 'refused';

export type SendOutcome =
  | { readonly kind: 'sent' }
  /** @property retryAfterMs when the provider said so; @property detail provider's numeric code or class for the log */
  | {
      readonly kind: 'fault';
      readonly fault: MessengerFault;
      readonly retryAfterMs?: number;
      readonly detail?: string;
    };

export type CheckOutcome =
  | { readonly kind: 'approved' }
  | { readonly kind: 'wrong' }
  /** Too many checks, expired or used at the provider: a new code is needed. */
  | { readonly kind: 'over' }
  | {
      readonly kind: 'fault';
      readonly fault: MessengerFault;
      readonly retryAfterMs?: number;
      readonly detail?: string;
    };

/** Words of the message that a code goes out in. */
export interface CodeMessage {
  readonly code: string;
  /** Site and kiosk, as people know them. */
  readonly from: string;
  readonly language: string;
  /** Whole minutes until the code dies. */
  readonly minutes: number;
}

/**
 * Carries a code that we made. Never throws: a fault is an outcome. Answers within 10 s.
 * @see adapters/messenger-twilio-sms.ts, messenger-email.ts
 */
export interface CodeMessenger {
  readonly kind: 'carrier';
  send(to: string, message: CodeMessage): Promise<SendOutcome>;
}

/** A provider that makes, sends and checks the code itself (Twilio Verify). Never throws; answers within 10 s. */
export interface CodeProvider {
  readonly kind: 'provider';
  start(to: string, language: string): Promise<SendOutcome>;
  check(to: string, code: string): Promise<CheckOutcome>;
}
