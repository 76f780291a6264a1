import { allowedWords, type ConfigKey, configJsonSchema, configKeys, variableName } from './keys.js';

/** Text of config/vestibule.schema.json, for editors. */
export function schemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

/** Text of config/vestibule.yaml: every key, commented, with its default. */
export function exampleText(): string {
  const lines = [
    '# yaml-language-server: $schema=./vestibule.schema.json',
    '#',
    '# Configuration of Vestibule. Every key is here with its default, commented out: take the # away to change one.',
    '# Copy this file to /etc/vestibule/vestibule.yaml, or name it with `vestibule start --config FILE`.',
    '# `vestibule config check FILE` reports every fault with its line. Environment variables go above this file, for',
    '# example VESTIBULE_CAMERA__WIDTH above camera.width. Secrets never stand here (docs/configuration.md).',
  ];
  let section = '';
  for (const key of configKeys()) {
    const [first = '', second] = key.path;
    if (second === undefined) lines.push('', ...comment(key, ''), `# ${first}: ${exampleValue(key)}`);
    else {
      if (first !== section) lines.push('', `${first}:`);
      lines.push(...comment(key, '  '), `  # ${second}: ${exampleValue(key)}`);
    }
    section = first;
  }
  return `${lines.join('\n')}\n`;
}

function comment(key: ConfigKey, indent: string): string[] {
  const text = `${key.schema.description ?? ''} (${allowedWords(key.schema)}${key.schema.default === undefined ? '; optional' : ''})`;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && `${indent}## ${line} ${word}`.length > 110) {
      lines.push(`${indent}## ${line}`);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, `${indent}## ${line}`];
}

/** Values for keys without a default, which only show the form. */
const FORMS: Readonly<Record<string, string>> = {
  zone: 'Europe/Berlin',
  'kiosk.area': 'Hall',
  'mqtt.url': 'mqtts://broker.example:8883',
  'mqtt.username': 'kiosk-1',
  'mqtt.passwordFile': '/etc/vestibule/mqtt-password',
  'mqtt.caFile': '/etc/vestibule/ca.pem',
  'mqtt.certFile': '/etc/vestibule/kiosk.pem',
  'mqtt.keyFile': '/etc/vestibule/kiosk.key',
  'mqtt.serverName': 'broker.example',
  'lan.certFile': '/etc/vestibule/kiosk.pem',
  'lan.keyFile': '/etc/vestibule/kiosk.key',
  'twilio.accountSid': `AC${'0'.repeat(32)}`,
  'twilio.authTokenFile': '/etc/vestibule/twilio-auth-token',
  'twilio.verifyServiceSid': `VA${'0'.repeat(32)}`,
  'twilio.from': '"+15551234567"',
  'twilio.baseUrl': 'https://twilio.example',
  'smtp.host': 'mail.example',
  'smtp.username': 'kiosk-1',
  'smtp.passwordFile': '/etc/vestibule/smtp-password',
  'smtp.from': 'kiosk@mail.example',
  'smtp.caFile': '/etc/vestibule/ca.pem',
};

function exampleValue(key: ConfigKey): string {
  const value = key.schema.default;
  if (value === undefined) return FORMS[key.path.join('.')] ?? '…';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Text of docs/configuration.md. */
export function documentationText(): string {
  const rows = configKeys().map((key) => {
    const value = key.path[0] === 'zone' ? 'zone of the machine' : key.schema.default;
    const shown = value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
    const cells = [
      `\`${key.path.join('.')}\``,
      key.schema.description ?? '',
      allowedWords(key.schema),
      shown,
      key.restart ? 'yes' : 'no',
      `\`${variableName(key.path)}\``,
    ];
    return `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`;
  });
  return `${INTRODUCTION}
| key | meaning | allowed | default | restart | environment variable |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

const INTRODUCTION = `# Configuration

This page is generated from the schema (\`vestibule config docs\`); do not edit it by hand.

Vestibule runs without any configuration. To change something, copy \`config/vestibule.yaml\`, take the \`#\` away in front
of a key and start with \`vestibule start --config FILE\`.

## Which file is read

1. the file named by \`--config\`,
2. else the file named by the environment variable \`VESTIBULE_CONFIG\`,
3. else \`/etc/vestibule/vestibule.yaml\` where it exists,
4. else none: every key has its default.

Above the file stand environment variables (last column; lists as \`a,b\` or \`[a, b]\`; an empty variable counts as not
set; \`VESTIBULE_STATE\` is short for \`VESTIBULE_STATE_DIRECTORY\`), above those the options of the command line.

\`vestibule config check [FILE]\` reports all faults at once, each with file, line and column, and exits with 3 when there
is one. Unknown keys are refused with the name that was probably meant. \`vestibule config print\` shows the configuration
in force. Editors that know JSON Schema read \`config/vestibule.schema.json\`.

## Secrets

A secret never stands in the file; a key that looks like one is refused. There are three: \`mqtt-password\`,
\`twilio-auth-token\` (\`twilio.authTokenFile\`) and \`smtp-password\` (\`smtp.passwordFile\`). For \`mqtt-password\` the
first of these is taken, and so for the others:

1. the environment variable \`VESTIBULE_MQTT_PASSWORD\`,
2. the file named by \`VESTIBULE_MQTT_PASSWORD_FILE\`,
3. the systemd credential \`mqtt-password\` (\`LoadCredential=mqtt-password:/etc/vestibule/mqtt-password\`),
4. the file named by \`mqtt.passwordFile\`.

A file that everybody on the machine may read is used, with a warning. The address of a camera with a password in it goes
whole into \`VESTIBULE_CAMERA__SOURCE\`.

## Keys
`;
