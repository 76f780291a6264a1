import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import type { VestibuleError } from '../../src/domain/errors.js';
import { FACTOR_KINDS, isBiometric } from '../../src/domain/factor.js';
import {
  alternativesFor,
  alternativeText,
  faceMayBeAlone,
  factorsInUse,
  factorsOf,
  type LocalTime,
  passwordMayBeAlone,
  type Weekday,
} from '../../src/domain/policy.js';
import { policyOf } from '../../src/domain/policy-written.js';
import type { Role } from '../../src/domain/role.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const page = readFileSync(join(root, 'docs/policy.md'), 'utf8');
const directory = mkdtempSync(join(tmpdir(), 'vestibule-policy-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function load(yaml: string): Config {
  const file = join(directory, 'vestibule.yaml');
  writeFileSync(file, yaml);
  return loadConfig({ file, env: {} });
}

/** The YAML blocks of the page, by the heading above them. */
const examples = new Map(
  [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((block) => {
    const heading = [...page.slice(0, block.index).matchAll(/^#{2,3} (.*)$/gm)].at(-1)?.[1] ?? '';
    return [heading, block[1] ?? ''];
  }),
);

function asked(
  name: string,
  purpose: 'attend' | 'login' | 'door' | 'admin',
  who: { role?: Role; externalId?: string },
  at: LocalTime,
): string[] {
  const policy = policyOf(load(examples.get(name) ?? '').policy);
  return alternativesFor(policy, purpose, { role: 'person', ...who }, at).map(alternativeText);
}

function time(weekday: Weekday, hour: number): LocalTime {
  return { weekday, minute: hour * 60 };
}

it('the policy of the set-up in docs/liveness.md loads as it stands, and takes no face alone', () => {
  const setUp = readFileSync(join(root, 'docs/liveness.md'), 'utf8');
  const [, indent = '', block = ''] = /^( *)```yaml\n([\s\S]*?)```/m.exec(setUp) ?? [];
  const { policy, liveness } = load(block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''));
  expect(liveness).toMatchObject({ attend: 'passive', login: 'full', door: 'full', camera: 'pinned' });
  expect(factorsInUse(policyOf(policy))).toContain('liveness');
  expect(faceMayBeAlone(policyOf(policy))).toBe(false);
  // What the page says of the policy that holds without any.
  expect(faceMayBeAlone(policyOf(load('{}').policy))).toBe(true);
});

describe('docs/policy.md', () => {
  it('has the default policy and six examples, each loaded as it stands', () => {
    expect([...examples.keys()]).toEqual([
      'The language',
      'Office: attendance',
      'Server room: door',
      'Laboratory: face and liveness',
      'Workshop: pose with the core pack',
      'Public library terminal',
      'Site without biometrics',
    ]);
    for (const yaml of examples.values()) expect(() => load(yaml)).not.toThrow();
    expect(load(examples.get('The language') ?? '').policy).toEqual(load('').policy);
  });

  it('the office asks staff with the role admin for a code, and closes the door', () => {
    const noon = time('wed', 12);
    expect(asked('Office: attendance', 'attend', {}, noon)).toEqual(['face', 'badge', 'pin']);
    expect(asked('Office: attendance', 'login', {}, noon)).toContain('password, face');
    expect(asked('Office: attendance', 'login', { role: 'admin' }, noon)).toEqual(['password, otp']);
    expect(asked('Office: attendance', 'door', { role: 'admin' }, noon)).toEqual([]);
  });

  it('the server room opens to everybody by day, and to two people with three factors at night', () => {
    const room = (who: object, at: LocalTime) => asked('Server room: door', 'door', who, at);
    expect(room({}, time('wed', 12))).toEqual(['badge+pin', 'password+otp']);
    for (const night of [
      time('wed', 18),
      time('thu', 6),
      time('sat', 6),
      time('sat', 12),
      time('sun', 23),
      time('mon', 6),
    ]) {
      expect(room({ role: 'admin' }, night)).toEqual([]);
      expect(room({ externalId: '4711' }, night)).toEqual(['badge+pin, otp']);
    }
    expect(room({}, time('thu', 7))).toEqual(['badge+pin', 'password+otp']);
    expect(room({}, time('mon', 7))).toEqual(['badge+pin', 'password+otp']);
    expect(asked('Server room: door', 'attend', {}, time('wed', 12))).toEqual([]);
  });

  it('the laboratory records nobody by the face alone, the workshop asks for movements with the core pack', () => {
    const noon = time('wed', 12);
    const [laboratory, workshop] = ['Laboratory: face and liveness', 'Workshop: pose with the core pack'];
    expect(asked(laboratory, 'attend', {}, noon)).toEqual(['face+liveness', 'badge, pin']);
    expect(load(examples.get(laboratory) ?? '').liveness).toMatchObject({ attend: 'passive', door: 'full' });
    expect(asked(workshop, 'attend', {}, noon)).toEqual(['badge, pose', 'badge, pin']);
    const config = load(examples.get(workshop) ?? '');
    expect([config.vision.pack, config.liveness.actions.length]).toEqual(['core', 6]);
    const { base } = policyOf(config.policy);
    expect(Object.values(base).flat().flatMap(factorsOf)).not.toContain('liveness');
  });

  it('the library uses no biometrics and asks staff for a code', () => {
    const noon = time('mon', 12);
    expect(asked('Public library terminal', 'login', {}, noon)).toEqual(['badge, pin', 'password']);
    expect(asked('Public library terminal', 'login', { role: 'operator' }, noon)).toEqual(['password, otp']);
    const config = load(examples.get('Public library terminal') ?? '');
    expect(config.registration.face).toBe('off');
    expect(passwordMayBeAlone(policyOf(config.policy))).toBe(true);
  });

  it('the site without biometrics has none in any alternative and opens no camera', () => {
    const config = load(examples.get('Site without biometrics') ?? '');
    expect(config.camera.source).toBe('none');
    const { base, rules } = policyOf(config.policy);
    const lists = [base, ...rules.map((rule) => rule.purposes)].flatMap((purposes) => Object.values(purposes).flat());
    expect(lists.length).toBeGreaterThan(5);
    expect(lists.flatMap(factorsOf).some(isBiometric)).toBe(false);
  });

  it('names every factor of the language', () => {
    const grammar = /^factor {7}= (.*)$/m.exec(page)?.[1];
    expect(
      grammar
        ?.split(' | ')
        .map((one) => JSON.parse(one))
        .sort(),
    ).toEqual([...FACTOR_KINDS].sort());
  });
});

describe('a configuration with a policy that must not be', () => {
  it('is refused with every fault and its line', () => {
    const yaml = [
      'policy:',
      '  attend: [[liveness+signature]]',
      '  login:',
      '    - [password, otp]',
      '    - [pin]',
      '  overrides:',
      '    - roles: [admin]',
      '      door: [[face]]',
      '    - people: ["4711"]',
      'http:',
      '  port: eighty',
    ].join('\n');
    let message = '';
    try {
      load(yaml);
    } catch (error) {
      expect((error as VestibuleError).code).toBe('config_invalid');
      message = (error as VestibuleError).message;
    }
    expect(message.split('\n')).toEqual([
      'The configuration has 8 faults:',
      expect.stringMatching(/vestibule\.yaml:2:\d+: policy\.attend: nobody may be forced to use biometrics/),
      expect.stringMatching(/:2:\d+: policy\.attend\.0: this version cannot verify signature/),
      expect.stringMatching(/:2:\d+: policy\.attend\.0: liveness says nothing about who it is; put face/),
      expect.stringMatching(/:5:7: policy\.login\.1: pin alone does not open a session/),
      expect.stringMatching(/:8:7: policy\.overrides\.0\.door: nobody may be forced/),
      expect.stringMatching(/:8:\d+: policy\.overrides\.0\.door\.0: a door is not opened by biometrics/),
      expect.stringMatching(/:9:\d+: policy\.overrides\.1: it changes nothing/),
      expect.stringMatching(/:11:3: http\.port: a number must stand here/),
    ]);
  });

  it('says that a challenge of fewer than three different actions can never be drawn', () => {
    expect(() => load('liveness: { actions: [turn_left, turn_left, blink] }')).toThrow(
      /liveness\.actions: name at least three different actions/,
    );
    expect(load('liveness: { actions: [turn_left, turn_left, blink, look_up] }').liveness.actions).toHaveLength(4);
  });

  it('names an unknown factor as the schema does', () => {
    expect(() => load('policy: {login: [[pasword, otp]]}')).toThrow(/policy\.login\.0\.0: .*face, liveness/);
  });

  it('shows the brackets where one pair of them was forgotten, and counts nothing that is no list', () => {
    const brackets = /: a list must stand here, not text; .*\[\[password, otp\], \[badge, pin\]\]$/;
    let message = '';
    try {
      load('policy:\n  login: [password, otp]\n  attend: face\n');
    } catch (error) {
      message = (error as VestibuleError).message;
    }
    const [head, ...faults] = message.split('\n');
    expect(head).toBe('The configuration has 3 faults:');
    expect(faults.map((fault) => [/policy\.[a-z.0-9]+/.exec(fault)?.[0], brackets.test(fault)])).toEqual([
      ['policy.login.0', true],
      ['policy.login.1', true],
      ['policy.attend', true],
    ]);
  });
});
