import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig, loadConfigFile } from '../../src/config/load.js';
import { VestibuleError } from '../../src/domain/errors.js';

const directory = mkdtempSync(join(tmpdir(), 'vestibule-config-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let count = 0;
function file(text: string): string {
  const name = join(directory, `c${count++}.yaml`);
  writeFileSync(name, text);
  return name;
}

function faultsOf(text: string, env: Record<string, string> = {}): string {
  try {
    loadConfig({ file: file(text), env });
  } catch (error) {
    expect(error).toBeInstanceOf(VestibuleError);
    expect((error as VestibuleError).code).toBe('config_invalid');
    return (error as VestibuleError).message;
  }
  throw new Error('no fault was reported');
}

describe('loadConfig', () => {
  it('gives every key its default without a file', () => {
    const { config, file: read } = loadConfigFile({ env: { VESTIBULE_CONFIG: '' } });
    expect(config.camera).toMatchObject({ source: 'auto', width: 640 });
    expect(config.stateDirectory).toBe('./state');
    expect(read === undefined || read.startsWith('/etc/')).toBe(true);
  });

  it('reads a file, an empty file, and sections whose keys are all commented out', () => {
    expect(loadConfig({ file: file('site:\n  id: north\n'), env: {} }).site).toEqual({
      id: 'north',
      name: 'Vestibule',
    });
    expect(loadConfig({ file: file(''), env: {} }).http.port).toBe(8080);
    expect(loadConfig({ file: file('site:\n  # id: x\nhttp:\n'), env: {} }).site.id).toBe('home');
  });

  it('names the file by $VESTIBULE_CONFIG, and --config goes above it', () => {
    const env = { VESTIBULE_CONFIG: file('http: {port: 1111}') };
    expect(loadConfig({ env }).http.port).toBe(1111);
    expect(loadConfig({ env, file: file('http: {port: 2222}') }).http.port).toBe(2222);
  });

  it('reports all faults together, each with path, line and column, in the order of the file', () => {
    const text = faultsOf(
      [
        'site:',
        '  nmae: Office',
        'camera:',
        '  source: true',
        '  width: wide',
        '  fps: 1000',
        '  rotate: 45',
        '  filePace: slow',
        'zone: Mars/Olympus',
        'http:',
        '  origins: here',
        '  port: 80.5',
        'mqtt:',
        '  url: ftp://x',
        'extra: 1',
      ].join('\n'),
    );
    expect(text.split('\n')).toEqual([
      'The configuration has 11 faults:',
      expect.stringMatching(/c\d+\.yaml:2:3: site\.nmae: there is no such key; did you mean "name"\?$/),
      expect.stringMatching(/:4:3: camera\.source: write a number or text, not true or false$/),
      expect.stringMatching(/:5:3: camera\.width: a number must stand here, not text$/),
      expect.stringMatching(/:6:3: camera\.fps: must be at most 60$/),
      expect.stringMatching(/:7:3: camera\.rotate: write 0 or 90 or 180 or 270, not a whole number$/),
      expect.stringMatching(/:8:3: camera\.filePace: write one of: own, fast$/),
      expect.stringMatching(/:9:1: zone: use an IANA time zone such as Europe\/Berlin$/),
      expect.stringMatching(/:11:3: http\.origins: a list must stand here, not text$/),
      expect.stringMatching(/:12:3: http\.port: a whole number must stand here, not a number with a fraction$/),
      expect.stringMatching(/:14:3: mqtt\.url: use mqtt:\/\/, mqtts:\/\/, ws:\/\/ or wss:\/\/$/),
      expect.stringMatching(/:15:1: extra: there is no such key$/),
    ]);
  });

  it('names the entry of a list that is wrong', () => {
    const text = faultsOf(
      'attendance:\n  schedule:\n    - {from: "08:00", to: "09:00", direction: check_in}\n    - {from: "25:00", to: "09:00", direction: check_in}\n',
    );
    expect(text).toMatch(/:4:\d+: attendance\.schedule\.1\.from: use HH:MM, 24 hours/);
  });

  it.each([
    ['a key twice', 'site:\n  id: a\n  id: b\n', /:3:3: this key stands twice/],
    ['a tab', 'site:\n\tid: a\n', /:2:1: a tab stands where spaces must/],
    ['a text instead of keys', 'hello', /:1:1: write keys with values/],
    ['a list instead of keys', '- a\n- b\n', /:1:1: write keys with values/],
    ['two documents', 'site: {id: a}\n---\nsite: {id: b}\n', /several documents/],
    ['an open bracket', 'site:\n  id: "a\n', /this is not YAML: missing closing/],
    ['a section that is text', 'site: north\n', /:1:1: site: a section with keys must stand here, not text/],
    ['a prototype key', '__proto__:\n  a: 1\n', /there is no such key/],
  ])('refuses %s in plain words', (_name, text, expected) => {
    expect(faultsOf(text)).toMatch(expected);
  });

  it('refuses an alias bomb and a huge file', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
      .split('')
      .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
      .join('\n')}\n`;
    expect(faultsOf(bomb)).toMatch(/without end|no such key/);
    expect(faultsOf(`# ${'x'.repeat(1_100_000)}\n`)).toMatch(/larger than 1 MB/);
  });

  it('says that a named file does not exist or is a directory', () => {
    expect(() => loadConfig({ file: join(directory, 'absent.yaml'), env: {} })).toThrow(/does not exist/);
    expect(() => loadConfig({ file: directory, env: {} })).toThrow(/cannot be read \(EISDIR\)/);
  });

  it('takes typed values from the environment above the file, the command line above both', () => {
    const config = loadConfig({
      file: file('http: {port: 1111}\nmqtt: {keepaliveSeconds: 10}\n'),
      env: {
        VESTIBULE_HTTP__PORT: '2222',
        VESTIBULE_HTTP__ORIGINS: 'http://a:1,http://b:2',
        VESTIBULE_CAMERA__SOURCE: '2',
        VESTIBULE_CAMERA__MIRROR: 'yes',
        VESTIBULE_CAMERA__ROTATE: '90',
        VESTIBULE_SITE__NAME: '42',
        VESTIBULE_MQTT__EMBEDDED_PORT: '0',
        VESTIBULE_STATE: '/var/lib/x',
        VESTIBULE_LOG__LEVEL: '',
      },
      overrides: { http: { port: 3333 }, log: { level: undefined } },
    });
    expect(config.http).toMatchObject({ port: 3333, origins: ['http://a:1', 'http://b:2'] });
    expect(config.camera).toMatchObject({ source: 2, mirror: true, rotate: 90 });
    expect(config.site.name).toBe('42');
    expect(config.mqtt).toMatchObject({ embeddedPort: 0, keepaliveSeconds: 10 });
    expect(config.stateDirectory).toBe('/var/lib/x');
  });

  it('names the variable whose value is wrong or that belongs to no key', () => {
    const text = faultsOf('', {
      VESTIBULE_HTTP__PORT: 'eighty',
      VESTIBULE_HTTP__PROT: '1',
      VESTIBULE_MODELS_MIRROR: 'x',
    });
    expect(text).toMatch(/VESTIBULE_HTTP__PORT: http\.port: a number must stand here, not text/);
    expect(text).toMatch(
      /VESTIBULE_HTTP__PROT: no key of the configuration belongs to this variable; did you mean "VESTIBULE_HTTP__PORT"\?/,
    );
    expect(text).not.toContain('MIRROR');
  });

  it('refuses secrets in the file, says where they belong and does not repeat them', () => {
    const text = faultsOf(
      'mqtt:\n  password: hunter2hunter2\n  url: mqtt://kiosk:hunter3@broker:1883\ncamera:\n  source: rtsp://cam:hunter4@10.0.0.5/live\ntwilio:\n  authToken: hunter5\n',
    );
    expect(text).toMatch(
      /:2:3: mqtt\.password: a secret never stands in this file\..*VESTIBULE_MQTT_PASSWORD.*mqtt\.passwordFile.*credential mqtt-password/,
    );
    expect(text).toMatch(/:3:3: mqtt\.url: an address with a password/);
    expect(text).toMatch(/:5:3: camera\.source: .*VESTIBULE_CAMERA__SOURCE/);
    expect(text).toMatch(/twilio/);
    expect(text).not.toMatch(/hunter/);
    expect(text.match(/mqtt\.password:/g)).toHaveLength(1);
    const env = { VESTIBULE_CAMERA__SOURCE: 'rtsp://cam:hunter4@10.0.0.5/live' };
    expect(loadConfig({ file: file(''), env }).camera.source).toContain('hunter4');
  });
});
