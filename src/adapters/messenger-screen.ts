import type { CodeMessage, CodeMessenger, SendOutcome } from '../ports/messenger.js';

/**
 * Sends nothing: the page of the demo shows the code itself. Proves nothing about a person, so the composition
 * refuses it unless the demo camera runs.
 */
export class ScreenMessenger implements CodeMessenger {
  readonly kind = 'carrier';
  readonly #show: (code: string) => void;

  /** @param show takes each code that is to be shown */
  constructor(show: (code: string) => void = () => {}) {
    this.#show = show;
  }

  async send(_to: string, { code }: CodeMessage): Promise<SendOutcome> {
    this.#show(code);
    return { kind: 'sent' };
  }
}
