import type { ConfigDocument } from './document.js';
import type { ConfigFault } from './fault-list.js';

const SECRET_KEY = /^(?:.*(?:password|passphrase|passwd|secret|token|apikey|privatekey|credentials?)|pin|pepper)$/i;

/**
 * Refuses secrets that stand in the file: keys that look like one, and addresses with a password in them. The message
 * names where the secret belongs and never repeats it.
 */
export function secretFaults(document: ConfigDocument): readonly ConfigFault[] {
  const faults: ConfigFault[] = [];
  const visit = (value: unknown, path: readonly PropertyKey[]): void => {
    if (typeof value === 'string' && hasPassword(value)) faults.push(fault(document, path, addressWords(path)));
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const here = [...path, Array.isArray(value) ? Number(key) : key];
      if (SECRET_KEY.test(key)) faults.push(fault(document, here, secretWords(here.map(String))));
      else visit(inner, here);
    }
  };
  visit(document.data, []);
  return faults;
}

/** True for a path whose key is refused as a secret, so that it is not reported a second time as unknown. */
export function isSecretPath(path: readonly PropertyKey[]): boolean {
  return SECRET_KEY.test(String(path.at(-1) ?? ''));
}

function hasPassword(value: string): boolean {
  return /[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i.test(value);
}

function fault(document: ConfigDocument, path: readonly PropertyKey[], message: string): ConfigFault {
  return { path: path.map(String).join('.'), message, ...document.position(path) };
}

function secretWords(path: readonly string[]): string {
  const name = path
    .join('-')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
  const variable = `VESTIBULE_${name.replace(/-/g, '_').toUpperCase()}`;
  return (
    `a secret never stands in this file. Put it into the environment variable ${variable}, into a file named by ` +
    `${variable}_FILE or by ${path.join('.')}File, or into the systemd credential ${name}; then delete this line`
  );
}

function addressWords(path: readonly PropertyKey[]): string {
  const dotted = path.map(String).join('.');
  if (dotted === 'mqtt.url')
    return 'an address with a password never stands in this file. Write the address without it, the user name under mqtt.username and the password into VESTIBULE_MQTT_PASSWORD or mqtt.passwordFile';
  const variable = `VESTIBULE_${path
    .map((part) =>
      String(part)
        .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
        .toUpperCase(),
    )
    .join('__')}`;
  return `an address with a password never stands in this file. Put the whole address into the environment variable ${variable}`;
}
