import type { PasswordHasher, PasswordVerdict } from '../../src/ports/password-hasher.js';

/** Hashes that are none, so that a test may make thousands of them. Counts what was compared with what. */
export class FakeHasher implements PasswordHasher {
  /** Stored texts of the comparisons so far; undefined where there was nobody. */
  readonly compared: (string | undefined)[] = [];
  /** Thrown by the next comparison. */
  fault: Error | undefined;

  async hash(plain: string): Promise<string> {
    return `$fake$v=2$${Buffer.from(plain, 'utf8').toString('base64url')}`;
  }

  async verify(stored: string | undefined, plain: string): Promise<PasswordVerdict> {
    this.compared.push(stored);
    const { fault } = this;
    this.fault = undefined;
    if (fault !== undefined) throw fault;
    const text = Buffer.from(plain, 'utf8').toString('base64url');
    const former = stored === `$fake$v=1$${text}`;
    return { matches: former || stored === `$fake$v=2$${text}`, outdated: former };
  }

  knows(stored: string): boolean {
    return stored.startsWith('$fake$');
  }
}
