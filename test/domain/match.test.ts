import { describe, expect, it } from 'vitest';
import { VestibuleError } from '../../src/domain/errors.js';
import { decideMatch, Gallery } from '../../src/domain/match.js';
import { dot, unit } from '../../src/domain/vector.js';
import { FakeRandom } from '../fakes/fake-random.js';

const HASH = `sha256:${'0'.repeat(64)}`;
const random = new FakeRandom(7);

function randomUnit(dim: number): Float32Array {
  const bytes = random.bytes(dim);
  return unit(Float32Array.from(bytes, (byte) => byte - 127.5))!;
}

describe('Gallery', () => {
  it('finds the same best and second best person as comparing one by one', () => {
    for (const dim of [3, 128, 255]) {
      const entries = Array.from({ length: 63 }, (_, i) => ({ personId: `p${i % 41}`, vector: randomUnit(dim) }));
      const gallery = new Gallery({ modelHash: HASH, dim, entries });
      const probe = randomUnit(dim);
      const byPerson = new Map<string, number>();
      for (const { personId, vector } of entries)
        byPerson.set(personId, Math.max(byPerson.get(personId) ?? -2, dot(vector, probe)));
      const sorted = [...byPerson].sort((a, b) => b[1] - a[1]);
      const { best, second } = gallery.identify({ vector: probe, modelHash: HASH });
      expect(gallery.size).toBe(41);
      expect([best?.personId, second?.personId]).toEqual([sorted[0]![0], sorted[1]![0]]);
      expect(best?.score).toBeCloseTo(sorted[0]![1], 6);
      expect(gallery.verify('p3', { vector: probe, modelHash: HASH })).toBeCloseTo(byPerson.get('p3')!, 6);
    }
  });

  it('names a second PERSON, never a second vector of the best one', () => {
    const a = Float32Array.of(1, 0);
    const b = Float32Array.of(0, 1);
    const entries = [
      { personId: 'a', vector: a },
      { personId: 'b', vector: b },
      { personId: 'a', vector: a },
    ];
    const found = new Gallery({ modelHash: HASH, dim: 2, entries }).identify({ vector: a, modelHash: HASH });
    expect(found).toEqual({ best: { personId: 'a', score: 1 }, second: { personId: 'b', score: 0 } });
  });

  it('has no candidate when empty or when the probe is not a number', () => {
    const empty = new Gallery({ modelHash: HASH, dim: 2, entries: [] });
    expect(empty.identify({ vector: Float32Array.of(1, 0), modelHash: HASH })).toEqual({});
    const one = new Gallery({ modelHash: HASH, dim: 2, entries: [{ personId: 'a', vector: Float32Array.of(1, 0) }] });
    expect(one.identify({ vector: Float32Array.of(Number.NaN, 0), modelHash: HASH })).toEqual({});
    expect(one.verify('a', { vector: Float32Array.of(Number.NaN, 0), modelHash: HASH })).toBeUndefined();
    expect(one.verify('b', { vector: Float32Array.of(1, 0), modelHash: HASH })).toBeUndefined();
  });

  it('refuses vectors of another length or another model', () => {
    const gallery = new Gallery({ modelHash: HASH, dim: 2, entries: [] });
    const refused = (work: () => unknown): string => {
      try {
        work();
      } catch (thrown) {
        return thrown instanceof VestibuleError ? thrown.code : 'other';
      }
      return 'accepted';
    };
    expect(refused(() => gallery.identify({ vector: new Float32Array(3), modelHash: HASH }))).toBe('pack_mismatch');
    expect(refused(() => gallery.identify({ vector: new Float32Array(2), modelHash: 'sha256:1' }))).toBe(
      'pack_mismatch',
    );
    const entries = [{ personId: 'a', vector: new Float32Array(3) }];
    expect(refused(() => new Gallery({ modelHash: HASH, dim: 2, entries }))).toBe('pack_mismatch');
  });
});

describe('decideMatch', () => {
  const rules = { threshold: 0.5, margin: 0.05 };
  const best = { personId: 'a', score: 0.6 };

  it('accepts at the threshold and refuses below it', () => {
    expect(decideMatch({ best: { personId: 'a', score: 0.5 } }, rules).kind).toBe('match');
    expect(decideMatch({ best: { personId: 'a', score: 0.4999 } }, rules)).toEqual({ kind: 'no_match', score: 0.4999 });
    expect(decideMatch({}, rules)).toEqual({ kind: 'no_match' });
  });

  it('is ambiguous when another person is nearer than the margin', () => {
    expect(decideMatch({ best, second: { personId: 'b', score: 0.56 } }, rules).kind).toBe('ambiguous_match');
    expect(decideMatch({ best, second: { personId: 'b', score: 0.54 } }, rules).kind).toBe('match');
  });

  it('takes a score that is not a number for no match', () => {
    expect(decideMatch({ best: { personId: 'a', score: Number.NaN } }, rules).kind).toBe('no_match');
  });
});
