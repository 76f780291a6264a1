import type {
  CheckOutcome,
  CodeMessage,
  CodeMessenger,
  CodeProvider,
  MessengerFault,
  SendOutcome,
} from '../../src/ports/messenger.js';
import { VerifyRules } from '../support/verify-rules.js';

/** A fault that the fake answers with. */
export interface FaultOutcome {
  readonly kind: 'fault';
  readonly fault: MessengerFault;
  readonly retryAfterMs?: number;
  readonly detail?: string;
}

export function faultOutcome(fault: MessengerFault, more: Partial<Omit<FaultOutcome, 'kind' | 'fault'>> = {}) {
  return { kind: 'fault', fault, ...more } as const satisfies FaultOutcome;
}

/** A number in international form or a mail address. */
function wellFormed(to: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(to) || /^[^\s@]+@[^\s@]+$/.test(to);
}

/** Keeps what was sent. Passes the same contract suite as the real messengers. */
export class FakeMessenger implements CodeMessenger {
  readonly kind = 'carrier';
  readonly sent: { readonly to: string; readonly message: CodeMessage }[] = [];
  /** While set, every send answers so and nothing is sent. */
  fault: FaultOutcome | undefined;
  /** While set, sends wait for it before they answer. */
  gate: Promise<void> | undefined;
  /** Sends that were asked for, answered or not. */
  calls = 0;

  async send(to: string, message: CodeMessage): Promise<SendOutcome> {
    this.calls += 1;
    await this.gate;
    if (this.fault !== undefined) return this.fault;
    if (!wellFormed(to)) return faultOutcome('destination_refused');
    this.sent.push({ to, message });
    return { kind: 'sent' };
  }

  /** Code of the last message to this destination. */
  codeOf(to: string): string | undefined {
    return this.sent.filter((one) => one.to === to).at(-1)?.message.code;
  }
}

/** A provider with the rules of Twilio Verify. Passes the same contract suite as the real one. */
export class FakeCodeProvider implements CodeProvider {
  readonly kind = 'provider';
  readonly started: { readonly to: string; readonly language: string }[] = [];
  readonly checked: { readonly to: string; readonly code: string }[] = [];
  readonly #rules: VerifyRules;
  /** While set, start and check answer so. */
  fault: FaultOutcome | undefined;
  /** While set, start and check wait for it before they answer. */
  gate: Promise<void> | undefined;

  constructor(clock: { mono(): number }) {
    this.#rules = new VerifyRules(() => clock.mono());
  }

  async start(to: string, language: string): Promise<SendOutcome> {
    await this.gate;
    if (this.fault !== undefined) return this.fault;
    if (!wellFormed(to)) return faultOutcome('destination_refused', { detail: '60200' });
    const status = this.#rules.start(to);
    if (status !== 'pending') return faultOutcome('rate_limited', { detail: String(status) });
    this.started.push({ to, language });
    return { kind: 'sent' };
  }

  async check(to: string, code: string): Promise<CheckOutcome> {
    await this.gate;
    this.checked.push({ to, code });
    if (this.fault !== undefined) return this.fault;
    const status = this.#rules.check(to, code);
    if (status === 'approved') return { kind: 'approved' };
    return { kind: status === 'pending' ? 'wrong' : 'over' };
  }

  /** The code that this destination was sent and may still use. */
  codeOf(to: string): string | undefined {
    return this.#rules.codeOf(to);
  }
}
