import type { MessengerFault, SendOutcome } from '../ports/messenger.js';

const WORDS: Readonly<Record<MessengerFault, string>> = {
  destination_refused:
    'it does not take this number or address. Check it, and the regions that the account may send to; a trial account of Twilio sends to verified numbers only',
  channel_unsuited: 'it cannot reach this number. Try another channel; a landline takes calls, but no messages',
  rate_limited: 'too many messages or tries. Wait ten minutes',
  not_configured: 'the account is refused. Check account, secret and sender, for mail also the certificate',
  unreachable: 'no answer that can be used. Check the network, the address and the clock of this machine',
  refused: 'it refuses the message. Look the number up in the documentation of the provider',
};

/** What became of a message, for the person who installs the kiosk. Holds neither number nor code. */
export function messengerWords(outcome: Extract<SendOutcome, { kind: 'fault' }>): string {
  const { fault, detail, retryAfterMs } = outcome;
  const wait = retryAfterMs === undefined ? '' : `, at the earliest in ${Math.ceil(retryAfterMs / 1000)} s`;
  return `${WORDS[fault]}${wait}${detail === undefined ? '' : ` (${detail})`}.`;
}
