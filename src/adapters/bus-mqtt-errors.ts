import type { BrokerAddress } from './bus-mqtt-options.js';

/** Return and reason codes by which a broker says that it does not speak the protocol. */
const WRONG_PROTOCOL = [1, 132];

function codeOf(error: unknown): string | number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && (typeof error.code === 'string' || typeof error.code === 'number')) return error.code;
  return 'errors' in error && Array.isArray(error.errors) ? codeOf(error.errors[0]) : undefined;
}

/** True when the broker refused the protocol version, so that version 4 is worth a try. */
export function isWrongProtocol(error: unknown): boolean {
  const code = codeOf(error);
  return typeof code === 'number' && WRONG_PROTOCOL.includes(code);
}

const SENTENCES: Readonly<Record<string | number, string>> = {
  2: 'The broker does not accept the client id. Shorten site.id or kiosk.id.',
  3: 'The broker is not available now. Another attempt follows.',
  4: 'The broker refused user name or password. Check mqtt.username and the password file.',
  5: 'The broker does not let this kiosk in (not authorised). Check mqtt.username, the password file and the access list.',
  133: 'The broker does not accept the client id. Shorten site.id or kiosk.id.',
  134: 'The broker refused user name or password. Check mqtt.username and the password file.',
  135: 'The broker does not let this kiosk in (not authorised). Check mqtt.username, the password file and the access list.',
  136: 'The broker is not available now. Another attempt follows.',
  137: 'The broker is busy. Another attempt follows.',
  138: 'The broker has banned this kiosk. Ask its administrator.',
  1: 'The broker does not speak this MQTT version. Set mqtt.protocol to auto.',
  132: 'The broker does not speak this MQTT version. Set mqtt.protocol to auto.',
  ECONNREFUSED: 'No broker listens there. Start the broker or correct mqtt.url.',
  ENOTFOUND: 'The name of the broker cannot be resolved. Check mqtt.url and the name server.',
  EAI_AGAIN: 'The name of the broker cannot be resolved now. Check the network and the name server.',
  EHOSTUNREACH: 'The broker cannot be reached. Check the network.',
  ENETUNREACH: 'The broker cannot be reached. Check the network.',
  ETIMEDOUT: 'The broker does not answer. Check the address, the network and the firewall.',
  ECONNRESET:
    'The broker closed the connection. Check that address and port belong to the kind of URL (mqtt or mqtts).',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    'The broker asks for a client certificate. Set mqtt.certFile and mqtt.keyFile.',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'The broker refused the encrypted connection. It may ask for a client certificate: set mqtt.certFile and mqtt.keyFile.',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA:
    'The broker does not know the authority of the client certificate. Use a certificate that its CA has signed.',
  ERR_OSSL_PEM_NO_START_LINE:
    'The client certificate or its key is no PEM text. Correct the files named by mqtt.certFile and mqtt.keyFile.',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH:
    'The client certificate and the key do not belong together. Correct mqtt.certFile or mqtt.keyFile.',
  ERR_MISSING_PASSPHRASE:
    'The key of the client certificate is encrypted. Set mqtt.keyFile to a key without a passphrase.',
  EPROTO: 'The broker does not speak TLS on this port. Use its TLS port (usually 8883).',
  ERR_SSL_WRONG_VERSION_NUMBER: 'The broker does not speak TLS on this port. Use its TLS port (usually 8883).',
  SELF_SIGNED_CERT_IN_CHAIN:
    'The certificate of the broker is signed by an authority that this kiosk does not know. Set mqtt.caFile to the right CA.',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'The certificate of the broker is self-signed and not known to this kiosk. Set mqtt.caFile to it.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'The certificate of the broker is signed by an authority that this kiosk does not know. Set mqtt.caFile to the right CA.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'The certificate of the broker is signed by an authority that this kiosk does not know. Set mqtt.caFile to the right CA.',
  CERT_SIGNATURE_FAILURE:
    'The certificate of the broker does not belong to the CA in mqtt.caFile. Set mqtt.caFile to the right CA.',
  CERT_HAS_EXPIRED: 'The certificate of the broker has expired. Renew it, and check the clock of this kiosk.',
  CERT_NOT_YET_VALID: 'The certificate of the broker is not valid yet. Check the clock of this kiosk.',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'The certificate of the broker is made out to another name. Correct mqtt.url or set mqtt.serverName.',
};

/** The broker lives, but takes no responsibility for what it is sent. */
export class Unacknowledged extends Error {}

/**
 * Why a connection failed, as a sentence for a person that begins with the address. Holds neither user name nor
 * password: vendor texts are used only for codes that are not in the table, and then only the code.
 */
export function connectionProblem(error: unknown, address: BrokerAddress): string {
  const where = `Broker ${address.host}:${address.port}: `;
  const code = codeOf(error);
  const sentence = code === undefined ? undefined : SENTENCES[code];
  if (sentence !== undefined) return where + sentence;
  if (error instanceof Unacknowledged)
    return `${where}it answers but does not acknowledge messages. Check the log and the disk of the broker. Another attempt follows.`;
  const text = error instanceof Error ? error.message : '';
  if (/connack timeout/i.test(text))
    return `${where}it accepted the connection but does not answer. Check that the port belongs to an MQTT broker and fits the kind of URL (mqtt or mqtts).`;
  if (/keepalive timeout/i.test(text)) return `${where}it stopped answering. Another attempt follows.`;
  return `${where}the connection failed (${code ?? 'closed without a reason'}). Check mqtt.url and the log of the broker.`;
}
