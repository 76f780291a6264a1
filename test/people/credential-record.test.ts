import { expect, it } from 'vitest';
import { noCredentials, openCredentials, sealCredentials } from '../../src/people/credential-record.js';
import { seal, unseal } from '../../src/people/sealing.js';
import { FakeRandom } from '../fakes/fake-random.js';

const key = { kid: '0123456789abcdef', key: new Uint8Array(32).fill(7) };
const CONTEXT = JSON.stringify(['credentials', 1, key.kid, 'p_1', null, 'person', 'none', []]);

it('a record that still holds the step of a taken code opens without it, and is sealed without it', () => {
  const random = new FakeRandom(1);
  const { personId, role, registration, badges } = noCredentials('p_1');
  const totp = { secret: 'S', lastStep: 7, confirmedAt: '2026-11-21T08:00:00.000Z' };
  const plain = Buffer.from(JSON.stringify({ passwordHistory: [], totp, recovery: [] }));
  const open = { personId, role, registration, badges };
  const record = { ...open, version: 1 as const, kid: key.kid, sealed: seal(key.key, plain, CONTEXT, random) };
  const opened = openCredentials(record, key);
  expect(opened?.totp).toEqual({ secret: 'S', confirmedAt: '2026-11-21T08:00:00.000Z' });
  const again = sealCredentials(opened!, key, random);
  expect(unseal(key.key, again.sealed, CONTEXT)?.toString()).not.toContain('lastStep');
  expect(openCredentials(again, key)).toEqual(opened);
});
