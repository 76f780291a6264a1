import { FileCertificate } from './adapters/certificate-file.js';
import { SelfSignedCertificate } from './adapters/certificate-selfsigned.js';
import type { Config } from './config/schema.js';
import { VestibuleError } from './domain/errors.js';
import { lanHosts } from './http/origin.js';
import type { LanSettings } from './http/parts.js';
import type { CertificateSource } from './ports/certificate.js';
import type { Clock } from './ports/clock.js';

/**
 * The listener for other browsers as it is configured; nothing when it is off.
 * Throws `config_invalid` when only one of certificate and key is named.
 */
export function lanSettings(config: Config, clock: Pick<Clock, 'now'>): { readonly lan?: LanSettings } {
  const { enabled, host, port, names } = config.lan;
  if (!enabled) return {};
  return { lan: { host, port, names, certificate: certificateOf(config, clock) } };
}

function certificateOf(config: Config, clock: Pick<Clock, 'now'>): CertificateSource {
  const { certFile, keyFile } = config.lan;
  if (certFile !== undefined && keyFile !== undefined) return new FileCertificate({ certFile, keyFile });
  if (certFile !== undefined || keyFile !== undefined)
    throw new VestibuleError(
      'config_invalid',
      'lan.certFile and lan.keyFile belong together: name both, or none for a certificate that the kiosk makes itself.',
    );
  const hosts = (): readonly string[] => lanHosts(config.lan);
  return new SelfSignedCertificate({ directory: config.stateDirectory, clock, hosts });
}
