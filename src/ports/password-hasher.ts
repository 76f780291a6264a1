/** What a comparison said. */
export interface PasswordVerdict {
  readonly matches: boolean;
  /** The stored text was made with a foreign or weaker method: hash again now that the password is known. */
  readonly outdated: boolean;
}

/**
 * Slow hashing of passwords and PINs. Texts are hashed as given: normalise them first (domain/password-rules.ts).
 * At most one computation at a time, further ones wait; beyond the queue's end `busy` is thrown.
 */
export interface PasswordHasher {
  /** PHC string of the present method. @throws VestibuleError `busy` */
  hash(plain: string): Promise<string>;
  /**
   * Compares with a stored text of any method that is known (argon2id, bcrypt `$2[aby]$`, Django `pbkdf2_sha256$`).
   * `undefined` instead of a stored text costs the same time as the present method and never matches.
   * @throws VestibuleError `busy`
   */
  verify(stored: string | undefined, plain: string): Promise<PasswordVerdict>;
  /** Whether a text is a hash that `verify` knows: imports are refused otherwise. */
  knows(stored: string): boolean;
}
