import { join } from 'node:path';
import { FileKeySource } from '../../src/adapters/key-source-file.js';
import { Argon2PasswordHasher } from '../../src/adapters/password-argon2.js';
import { commonPasswords } from '../../src/adapters/password-block-list.js';
import { PasswordFactor } from '../../src/auth/factors/password.js';
import { Registration } from '../../src/auth/registration.js';
import { Regulation } from '../../src/auth/regulation.js';
import { setupRules } from '../../src/auth/setup-rules.js';
import { unknownSubject } from '../../src/auth/subject.js';
import { configSchema } from '../../src/config/schema.js';
import type { Policy } from '../../src/domain/policy.js';
import { meanUnit } from '../../src/domain/vector.js';
import { Credentials } from '../../src/people/credentials.js';
import { Invitations } from '../../src/people/invitations.js';
import { Passwords } from '../../src/people/passwords.js';
import { People } from '../../src/people/people.js';
import { Templates } from '../../src/people/templates.js';
import { Sessions } from '../../src/session/sessions.js';
import { aVector } from '../fakes/faces.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { FAKE_PACK } from '../fakes/fake-vision.js';
import { tempState } from '../fakes/temp-state.js';

const POLICY: Policy = {
  base: {
    attend: [[['face']], [['pin']]],
    login: [
      [['password'], ['otp']],
      [['password'], ['face']],
    ],
    door: [[['password'], ['otp']]],
    admin: [[['password'], ['otp']]],
  },
  rules: [],
};

/** Registration over real rooms, hashing and sessions, on a real state directory. */
export async function registering(settings: object = {}) {
  const state = await tempState();
  const store = state.store();
  await store.open();
  const { clock } = state;
  const keySource = new FileKeySource(join(state.directory, 'template.key'));
  const config = configSchema.parse({ zone: 'Europe/Berlin', ...settings });
  const people = new People({ store, clock, random: new FakeRandom(1) });
  const templates = new Templates({ store, random: new FakeRandom(2), keySource });
  const credentials = new Credentials({ store, random: new FakeRandom(3), keySource, clock });
  const invitations = new Invitations({ store, clock, random: new FakeRandom(4) });
  const faults: unknown[] = [];
  const onFault = (fault: unknown): void => {
    faults.push(fault);
  };
  const regulation = new Regulation({ store, clock, config: config.regulation, onFault });
  for (const room of [people, templates, credentials, invitations, regulation]) await room.start();
  const hasher = new Argon2PasswordHasher({ random: new FakeRandom(5), config: config.passwords });
  const passwords = new Passwords({
    hasher,
    credentials,
    people,
    isCommon: commonPasswords(),
    config,
    mayBeAlone: false,
  });
  const sessions = new Sessions({
    clock,
    random: new FakeRandom(6),
    config: config.session,
    issuer: 'test',
    cameraRunning: () => false,
  });
  sessions.start();
  const registration = new Registration({
    people,
    credentials,
    templates,
    invitations,
    passwords,
    password: new PasswordFactor({ credentials, hasher, clock, onFault }),
    regulation,
    strangerOf: (userName) => unknownSubject(new Uint8Array(32), 'name', userName),
    sessions,
    rulesFor: setupRules({
      policy: POLICY,
      face: config.registration.face,
      poseSignature: config.liveness.poseSignature,
      hasCodes: (id) => credentials.of(id)?.totp?.confirmedAt !== undefined,
      local: () => ({ weekday: 'mon', minute: 600 }),
    }),
    clock,
    config,
    consentTextVersion: '2026-11-21',
    codes: { ways: () => ['totp', 'email'] },
    onFault,
  });
  registration.start();

  /** As if the person had set up his authenticator. */
  const addTotp = (id: string) =>
    credentials.change(id, (own) => ({ ...own, totp: { secret: 'S', confirmedAt: '2026-11-21T08:00:00.000Z' } }));
  /** As if the person had agreed and shown his face. */
  const addFace = async (id: string): Promise<void> => {
    const samples = [aVector(1, 1)];
    const vector = meanUnit(samples)!;
    const { id: pack, hash: modelHash } = FAKE_PACK;
    const createdAt = '2026-11-21T08:00:00.000Z';
    await templates.put({ id: 't1', personId: id, kind: 'face', pack, modelHash, vector, samples, createdAt });
    await people.update(id, { consent: { textVersion: '1', language: 'en', recordedBy: 'person' } });
  };
  const dispose = async (): Promise<void> => {
    registration.stop();
    sessions.stop();
    await regulation.stop();
    await store.close();
    await state.dispose();
  };
  const rooms = { people, templates, credentials, invitations, regulation, sessions, passwords, hasher };
  return { ...rooms, clock, store, registration, faults, addTotp, addFace, dispose };
}
