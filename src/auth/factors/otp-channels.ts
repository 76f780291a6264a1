import type { OTP_CHANNEL_IDS } from '../../config/schema-login.js';
import type { OtpChannel } from '../../domain/factor.js';

/** Name of a configured way to get a code. */
export type ChannelId = (typeof OTP_CHANNEL_IDS)[number];

/** What a person can set up to get codes. */
export type CodeWay = 'totp' | 'recovery' | 'phone' | 'email';

export interface ChannelFacts {
  /** What stands in a decision. */
  readonly channel: OtpChannel;
  /** Where the code goes. `screen`: the kiosk's own, demo only. `own`: nothing is sent, the person has the code. */
  readonly to: 'phone' | 'email' | 'screen' | 'own';
  /** Costs money for each message: counts in the day's budget. */
  readonly paid: boolean;
}

/** What each configured channel is. */
export const CHANNELS: Readonly<Record<ChannelId, ChannelFacts>> = {
  totp: { channel: 'totp', to: 'own', paid: false },
  recovery: { channel: 'recovery', to: 'own', paid: false },
  'twilio-verify-sms': { channel: 'sms', to: 'phone', paid: true },
  'twilio-verify-call': { channel: 'voice', to: 'phone', paid: true },
  'twilio-verify-whatsapp': { channel: 'whatsapp', to: 'phone', paid: true },
  'twilio-verify-email': { channel: 'email', to: 'email', paid: false },
  'twilio-sms': { channel: 'sms', to: 'phone', paid: true },
  email: { channel: 'email', to: 'email', paid: false },
  screen: { channel: 'screen', to: 'screen', paid: false },
};

/** What has to be set up for a channel; nothing for a code on the screen. */
export function codeWayOf(id: ChannelId): CodeWay | undefined {
  if (id === 'totp' || id === 'recovery') return id;
  const { to } = CHANNELS[id];
  return to === 'phone' || to === 'email' ? to : undefined;
}

export function isChannelId(text: string): text is ChannelId {
  return Object.hasOwn(CHANNELS, text);
}
