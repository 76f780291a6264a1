import { SystemCameraProbe } from '../../adapters/camera-probe.js';
import { resolveSource } from '../../adapters/camera-source.js';
import { SystemClock } from '../../adapters/clock-system.js';
import { CHANNELS, type ChannelId } from '../../auth/factors/otp-channels.js';
import type { Config } from '../../config/schema.js';
import { FAULTS } from '../../domain/errors.js';
import { type Messenger, messengerFaults, messengersOf, readMessengerSecrets } from '../../kiosk-messengers.js';
import { messengerWords } from '../messenger-words.js';
import { type Check, type Finding, fail, ok, warn } from './finding.js';

/** Signs in where the configured channels of one-time codes send from. Sends no message, so it costs nothing. */
export const codesCheck: Check = {
  name: 'codes',
  run: async ({ config, env }) => {
    const { channels, countries } = config.otp;
    const findings: Finding[] = [];
    const own = channels.filter((id) => CHANNELS[id].to === 'own');
    if (own.length > 0) findings.push(ok(`${own.join(', ')}: nothing is sent, nobody is asked`));
    if (own.length === channels.length) return findings;
    const secrets = readMessengerSecrets(config, env, (warning) =>
      findings.push(warn(warning, 'Let only the kiosk read secrets.')),
    );
    const demo = channels.includes('screen') && (await demoRuns(config));
    const faults = messengerFaults(config, secrets, demo);
    for (const { path, message } of faults) findings.push(fail(`${path} ${message}.`, FAULTS.config_invalid));
    if (faults.length > 0) return findings;
    if (channels.includes('screen'))
      findings.push(warn('screen: codes stand on the page and prove nothing', 'For the demo only; see docs/codes.md.'));
    if (countries.length === 0 && channels.some((id) => CHANNELS[id].to === 'phone'))
      findings.push(
        warn('otp.countries is empty: no message goes to any number', 'Name the country codes, for example ["+49"].'),
      );
    const messengers = messengersOf(config, secrets, { clock: new SystemClock(), demo });
    for (const [ids, messenger] of together(messengers)) {
      if (!('probe' in messenger)) continue;
      const outcome = await messenger.probe();
      if (outcome.kind === 'sent') findings.push(ok(`${ids.join(', ')}: the account is accepted`));
      else findings.push(fail(`${ids.join(', ')}: ${messengerWords(outcome)}`, FAULTS.messenger_failed));
    }
    return findings;
  },
};

/** Channels of one Verify service are asked for once. */
function together(messengers: ReadonlyMap<ChannelId, Messenger>): ReadonlyMap<readonly ChannelId[], Messenger> {
  const groups = new Map<string, { ids: ChannelId[]; messenger: Messenger }>();
  for (const [id, messenger] of messengers) {
    const name = id.startsWith('twilio-verify-') ? 'twilio-verify' : id;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { ids: [id], messenger });
    else group.ids.push(id);
  }
  return new Map([...groups.values()].map(({ ids, messenger }) => [ids, messenger]));
}

async function demoRuns(config: Config): Promise<boolean> {
  return (await resolveSource(config.camera, new SystemCameraProbe())).source.kind === 'demo';
}
