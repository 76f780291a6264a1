import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { Random } from '../ports/random.js';

/**
 * Sealing of templates at rest: AES-256-GCM with a random 96-bit IV, the context as
 * additional data. A sealed text is base64 of IV (12 bytes), ciphertext, tag (16 bytes): 28 bytes more than the plain one.
 */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Key that wraps the persons' keys, drawn from the source key for this purpose alone (HKDF-SHA-256). */
export function wrappingKey(sourceKey: Uint8Array): Uint8Array {
  return derivedKey(sourceKey, 'vestibule/template-kek/1');
}

/** 32 bytes drawn from the source key for the purpose that the label names (HKDF-SHA-256). */
export function derivedKey(sourceKey: Uint8Array, label: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', sourceKey, new Uint8Array(0), label, 32));
}

/** @param context what the text belongs to; it must be the same when the text is opened */
export function seal(key: Uint8Array, plain: Uint8Array, context: string, random: Random): string {
  const iv = random.bytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(context, 'utf8'));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** The plain bytes; undefined when key or context differ or a bit was changed. */
export function unseal(key: Uint8Array, sealed: string, context: string): Buffer | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context, 'utf8'));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, bytes.length - TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}
