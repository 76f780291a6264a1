import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { djangoParts } from './password-parameters.js';

const derive = promisify(pbkdf2);

/** Compares with a Django hash (`PBKDF2PasswordHasher`: the salt's text, SHA-256, 32 bytes), off the daemon's loop. */
export async function verifyDjango(stored: string, plain: string): Promise<boolean> {
  const parts = djangoParts(stored);
  if (parts === undefined) return false;
  const digest = await derive(plain, parts.salt, parts.iterations, 32, 'sha256');
  return timingSafeEqual(digest, parts.digest);
}
