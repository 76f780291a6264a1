import { z } from 'zod';
import type { Template } from '../domain/template.js';
import type { Random } from '../ports/random.js';
import { seal, unseal } from './sealing.js';

/** Version of the sealed form; part of what is authenticated. */
const RECORD_VERSION = 1;

export const wrappedKeySchema = z.strictObject({ kid: z.string(), wrapped: z.string() });
export const sealedRecordSchema = z.strictObject({
  id: z.string().min(1),
  personId: z.string().min(1),
  kind: z.enum(['face', 'signature', 'pose']),
  version: z.literal(RECORD_VERSION),
  kid: z.string(),
  sealed: z.string(),
});

/** A person's key, wrapped by the key named `kid`. */
export type WrappedKey = z.infer<typeof wrappedKeySchema>;
/** One template that only its person's key opens. */
export type SealedRecord = z.infer<typeof sealedRecordSchema>;

const plainSchema = z.strictObject({
  id: z.string(),
  personId: z.string(),
  kind: z.enum(['face', 'signature', 'pose']),
  pack: z.string(),
  modelHash: z.string(),
  vector: z.base64(),
  samples: z.array(z.base64()),
  createdAt: z.string(),
});

function contextOf(personId: string, type: string, kid: string): string {
  return `${personId}|${type}|${RECORD_VERSION}|${kid}`;
}

/** @param personKey 32 random bytes, @param kek key of `kid` */
export function wrapPersonKey(
  personKey: Uint8Array,
  personId: string,
  kek: { readonly kid: string; readonly key: Uint8Array },
  random: Random,
): WrappedKey {
  return { kid: kek.kid, wrapped: seal(kek.key, personKey, contextOf(personId, 'key', kek.kid), random) };
}

/** The person's key; undefined when it was wrapped for somebody else, by another key, or was changed. */
export function unwrapPersonKey(
  wrapped: WrappedKey,
  personId: string,
  kek: { readonly kid: string; readonly key: Uint8Array },
): Uint8Array | undefined {
  if (wrapped.kid !== kek.kid) return undefined;
  return unseal(kek.key, wrapped.wrapped, contextOf(personId, 'key', kek.kid));
}

export function sealTemplate(template: Template, personKey: Uint8Array, kid: string, random: Random): SealedRecord {
  const plain = JSON.stringify({
    ...template,
    vector: encodeVector(template.vector),
    samples: template.samples.map(encodeVector),
  });
  const { id, personId, kind } = template;
  const sealed = seal(personKey, Buffer.from(plain, 'utf8'), contextOf(personId, kind, kid), random);
  return { id, personId, kind, version: RECORD_VERSION, kid, sealed };
}

/** The template; undefined when the record was changed or belongs to another person. */
export function openTemplate(record: SealedRecord, personKey: Uint8Array): Template | undefined {
  const plain = unseal(personKey, record.sealed, contextOf(record.personId, record.kind, record.kid));
  if (plain === undefined) return undefined;
  const parsed = plainSchema.safeParse(JSON.parse(plain.toString('utf8')));
  if (!parsed.success) return undefined;
  const { vector, samples, ...rest } = parsed.data;
  if (rest.id !== record.id || rest.personId !== record.personId || rest.kind !== record.kind) return undefined;
  return { ...rest, vector: decodeVector(vector), samples: samples.map(decodeVector) };
}

/** Base64 of little-endian 32-bit floats. */
function encodeVector(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, i) => {
    bytes.writeFloatLE(value, i * 4);
  });
  return bytes.toString('base64');
}

function decodeVector(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => bytes.readFloatLE(i * 4));
}
