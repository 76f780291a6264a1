import { Command, Option } from 'commander';
import { SystemClock } from '../adapters/clock-system.js';
import { isMailAddress, isPhoneNumber } from '../adapters/code-destination.js';
import { CryptoRandom } from '../adapters/random-crypto.js';
import { CHANNELS, type ChannelId } from '../auth/factors/otp-channels.js';
import { drawDigits } from '../auth/factors/otp-code.js';
import { inCountries } from '../auth/factors/otp-destination.js';
import type { Config } from '../config/schema.js';
import { VestibuleError } from '../domain/errors.js';
import { messengersOf, readMessengerSecrets } from '../kiosk-messengers.js';
import type { CheckOutcome, CodeMessenger, CodeProvider } from '../ports/messenger.js';
import { messengerWords } from './messenger-words.js';
import { type CommonOptions, configFor } from './options.js';
import { type Output, printable } from './report-fault.js';

interface TestOptions extends CommonOptions {
  readonly to: string;
  readonly channel?: ChannelId;
  readonly check?: string;
  readonly language?: Config['page']['language'];
  readonly json?: boolean;
}

const SENDING = (Object.keys(CHANNELS) as ChannelId[]).filter((id) => ['phone', 'email'].includes(CHANNELS[id].to));

/** `vestibule otp test`: sends one code, for the person who sets a channel up. */
export function otpCommand(output: Output = process.stdout): Command {
  const test = new Command('test')
    .description('send one code through a channel, as the kiosk would')
    .requiredOption('--to <destination>', 'a number with its country code, or a mail address')
    .addOption(new Option('--channel <id>', 'channel (default: the first of otp.channels that suits)').choices(SENDING))
    .option('--check <code>', 'do not send: let the provider check the code that it sent (twilio-verify-…)')
    .addOption(new Option('--language <language>', 'language of the message').choices(['en', 'de', 'fr']))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Uses account data and limits of the configuration (docs/codes.md): a number outside otp.countries is refused here too. The
message costs what every other one costs, and does not count in otp.dailyMessages.

Examples:
  $ vestibule otp test --to +4915112345678
  $ vestibule otp test --to ada@example.org --channel email --language de
  $ vestibule otp test --to +4915112345678 --channel twilio-verify-sms --check 123456`,
    )
    .action((options: TestOptions) => tryChannel(options, output));
  return new Command('otp')
    .description('try the channels of one-time codes')
    .addHelpText('after', '\nExamples:\n  $ vestibule otp test --to +4915112345678')
    .addCommand(test);
}

async function tryChannel(options: TestOptions, output: Output): Promise<void> {
  const { config } = configFor(options);
  const to = destination(options.to);
  const id = options.channel ?? suitable(config, to);
  if ((CHANNELS[id].to === 'phone') !== isPhoneNumber(to))
    throw refusal(`The channel ${id} sends to ${CHANNELS[id].to === 'phone' ? 'a number' : 'a mail address'}.`);
  if (isPhoneNumber(to) && !inCountries(to, config.otp.countries))
    throw refusal('otp.countries does not allow this number. Add its country code there, for example "+49".');
  const only = { ...config, otp: { ...config.otp, channels: [id] } };
  const secrets = readMessengerSecrets(only, process.env, (warning) => process.stderr.write(`! ${warning}\n`));
  const messenger = messengersOf(only, secrets, { clock: new SystemClock(), demo: false }).get(id);
  if (messenger === undefined) throw refusal(`The channel ${id} sends nothing.`);
  const done =
    options.check === undefined
      ? await send(messenger, id, to, config, options.language)
      : await check(messenger, id, to, options.check);
  output.write(
    options.json === true ? `${JSON.stringify({ channel: id, ...done.facts })}\n` : `✓ ${printable(done.text)}\n`,
  );
}

interface Done {
  readonly text: string;
  readonly facts: Readonly<Record<string, string>>;
}

async function send(
  messenger: CodeMessenger | CodeProvider,
  id: ChannelId,
  to: string,
  config: Config,
  language: string = config.page.language,
): Promise<Done> {
  const { site, kiosk, otp } = config;
  const minutes = Math.floor(otp.lifeSeconds / 60);
  const code = drawDigits(new CryptoRandom(), otp.digits);
  const outcome =
    messenger.kind === 'provider'
      ? await messenger.start(to, language)
      : await messenger.send(to, { code, from: `${site.name}, ${kiosk.name}`, language, minutes });
  if (outcome.kind === 'fault') throw failure(id, messengerWords(outcome));
  if (messenger.kind === 'provider')
    return {
      text: `${id} took the order. When the code is there, try it: vestibule otp test --to … --channel ${id} --check CODE`,
      facts: { outcome: 'sent' },
    };
  return { text: `${id} took the message. It should hold the code ${code}.`, facts: { outcome: 'sent', code } };
}

async function check(messenger: CodeMessenger | CodeProvider, id: ChannelId, to: string, code: string): Promise<Done> {
  if (messenger.kind !== 'provider')
    throw refusal(`The kiosk itself checks the codes of ${id}; --check is for the channels twilio-verify-….`);
  const outcome: CheckOutcome = await messenger.check(to, code.trim());
  if (outcome.kind === 'approved') return { text: `${id} approved the code.`, facts: { outcome: 'approved' } };
  if (outcome.kind === 'fault') throw failure(id, messengerWords(outcome));
  throw failure(
    id,
    outcome.kind === 'wrong'
      ? 'this is not the code that it sent.'
      : 'the code was used, is older than ten minutes, was tried five times or was never sent. Send a new one.',
  );
}

/** A number as the providers want it; people write spaces and dashes. */
function destination(text: string): string {
  if (isMailAddress(text)) return text;
  const number = text.replace(/[\s()./-]/g, '').replace(/^00/, '+');
  if (isPhoneNumber(number)) return number;
  throw refusal('--to is neither a number with its country code, as +4915112345678, nor a mail address.');
}

function suitable(config: Config, to: string): ChannelId {
  const wanted = isPhoneNumber(to) ? 'phone' : 'email';
  const found = config.otp.channels.find((id) => CHANNELS[id].to === wanted);
  if (found !== undefined) return found;
  const all = SENDING.filter((id) => CHANNELS[id].to === wanted).join(', ');
  throw refusal(`No channel of otp.channels sends to such a destination. Name one with --channel: ${all}.`);
}

function refusal(message: string): VestibuleError {
  return new VestibuleError('input_invalid', message);
}

function failure(id: ChannelId, words: string): VestibuleError {
  return new VestibuleError('messenger_failed', `${id}: ${words}`, { context: { channel: id } });
}
