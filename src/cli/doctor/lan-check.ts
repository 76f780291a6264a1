import { X509Certificate } from 'node:crypto';
import { SystemClock } from '../../adapters/clock-system.js';
import { lanHosts } from '../../http/origin.js';
import { lanSettings } from '../../kiosk-lan.js';
import { type Check, fail, ok, warn } from './finding.js';

/** A certificate that ends within this time is named. */
const SOON_MS = 14 * 24 * 3600 * 1000;

/** The listener for other browsers: whether its certificate can be used, and under which names it is reached. */
export const lanCheck: Check = {
  name: 'lan',
  run: async ({ config }) => {
    const clock = new SystemClock();
    const { lan } = lanSettings(config, clock);
    if (lan === undefined) return [ok('the listener for other browsers is off')];
    const { names, certFile } = config.lan;
    const named = names.length > 0 ? ok(`other browsers use ${names.join(', ')}`) : nameless(lanHosts(config.lan));
    // Where no file is named the kiosk makes the certificate itself, and doctor writes nothing.
    if (certFile === undefined)
      return [named, ok('the kiosk makes its certificate itself: a browser asks once whether to trust it')];
    const ends = Date.parse(new X509Certificate((await lan.certificate.obtain()).cert).validTo);
    const leftMs = ends - clock.now();
    const until = new Date(ends).toISOString().slice(0, 10);
    if (leftMs <= 0)
      return [named, fail(`${certFile} ended on ${until}.`, 'Put a valid certificate and its key there.')];
    if (leftMs < SOON_MS)
      return [
        named,
        warn(`${certFile} ends on ${until}.`, 'Put a new certificate and its key there; the kiosk takes it.'),
      ];
    return [named, ok(`${certFile} is valid until ${until} and belongs to its key`)];
  },
};

function nameless(hosts: readonly string[]) {
  return warn(
    `lan.names is empty: other browsers can use addresses only (${hosts.join(', ')}).`,
    'Name the host names under which they reach the kiosk in lan.names.',
  );
}
