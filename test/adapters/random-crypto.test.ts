import { describe, expect, it } from 'vitest';
import { CryptoRandom } from '../../src/adapters/random-crypto.js';
import type { Random } from '../../src/ports/random.js';
import { FakeRandom } from '../fakes/fake-random.js';

const makers: [string, () => Random][] = [
  ['crypto', () => new CryptoRandom()],
  ['fake', () => new FakeRandom()],
];

describe.each(makers)('random contract: %s', (_name, make) => {
  it('makes increasing UUIDs of version 7', () => {
    const random = make();
    const ids = Array.from({ length: 5000 }, () => random.uuid7());
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('gives as many bytes as asked for, all values among them', () => {
    const random = make();
    expect(random.bytes(0)).toHaveLength(0);
    expect(random.bytes(33)).toHaveLength(33);
    expect(new Set(random.bytes(65536)).size).toBe(256);
  });
});
