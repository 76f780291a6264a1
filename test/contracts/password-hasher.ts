import { describe, expect, it } from 'vitest';
import type { PasswordHasher } from '../../src/ports/password-hasher.js';

/** What every PasswordHasher must do. */
export function passwordHasherContract(name: string, make: () => PasswordHasher): void {
  describe(`password hasher: ${name}`, () => {
    it('knows its own hashes, and compares only the same text as equal', async () => {
      const hasher = make();
      const stored = await hasher.hash('correct horse battery');
      expect(hasher.knows(stored)).toBe(true);
      expect(stored).not.toContain('correct horse');
      expect(await hasher.verify(stored, 'correct horse battery')).toEqual({ matches: true, outdated: false });
      for (const other of ['correct horse batter', 'correct horse battery ', 'Correct horse battery', ''])
        expect((await hasher.verify(stored, other)).matches).toBe(false);
    });

    it('nobody matches nothing, whatever is typed', async () => {
      const hasher = make();
      for (const plain of ['', 'undefined', 'correct horse battery'])
        expect(await hasher.verify(undefined, plain)).toEqual({ matches: false, outdated: false });
    });

    it('takes every byte into account, also after the 72nd and beyond ASCII', async () => {
      const hasher = make();
      const long = 'ä'.repeat(36);
      const stored = await hasher.hash(`${long}1`);
      expect((await hasher.verify(stored, `${long}2`)).matches).toBe(false);
      expect((await hasher.verify(stored, `${long}1`)).matches).toBe(true);
    });

    it('does not take any text for a hash', () => {
      const hasher = make();
      for (const text of ['', 'password', '$argon2id$', 'md5$abc']) expect(hasher.knows(text)).toBe(false);
    });
  });
}
