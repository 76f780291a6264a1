import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { VestibuleError } from '../domain/errors.js';

/** Packs that recognise faces; one of them is in use. */
const FACE_PACK_IDS = ['core', 'open'] as const;
export type FacePackId = (typeof FACE_PACK_IDS)[number];

export const PACK_IDS = [...FACE_PACK_IDS, 'motion'] as const;
export type PackId = (typeof PACK_IDS)[number];

const IMPORTERS = [
  'faceapi-tiny-detector',
  'faceapi-landmarks-68',
  'faceapi-dlib-resnet',
  'yunet-any-size',
  'openvino-ir',
  'minifasnet',
] as const;
export type ImporterId = (typeof IMPORTERS)[number];

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be a plain file name');

const sourceSchema = z.union([
  z.strictObject({ npm: z.strictObject({ package: z.string(), version: z.string(), path: z.string() }) }),
  z.strictObject({ urls: z.array(z.url({ protocol: /^https$/ })).min(1) }),
]);

const fileSchema = z.strictObject({
  name: fileName,
  bytes: z.int().positive(),
  sha256,
  licence: z.string().min(1),
  source: sourceSchema,
});

const buildSchema = z.strictObject({
  name: fileName,
  importer: z.enum(IMPORTERS),
  from: z.array(fileName).min(1),
  /** The importers are deterministic: the same sources give these bytes on every machine. */
  sha256,
  /** True when an embedding depends on this model. */
  identifies: z.boolean(),
});

const curveSchema = z.strictObject({
  photos: z.int().positive(),
  points: z
    .array(
      z.strictObject({
        fmr: z.number().positive().max(1),
        threshold: z.number().min(-1).max(1),
        tar: z.number().min(0).max(1).exactOptional(),
      }),
    )
    .min(2)
    .refine(
      (points) =>
        points.every((p, i) => i === 0 || (p.fmr < points[i - 1]!.fmr && p.threshold > points[i - 1]!.threshold)),
      'points must have falling fmr and rising threshold',
    ),
  evidence: z.string().min(1),
});

const packShape = {
  title: z.string(),
  files: z.array(fileSchema).min(1),
  /** Models that are made from the files; a pack may be used as it is published. */
  builds: z.array(buildSchema),
};

const packSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      ...packShape,
      kind: z.literal('face'),
      id: z.enum(FACE_PACK_IDS),
      /** The higher one is the better one. */
      rank: z.int(),
      identity: z.strictObject({
        detector: z.string(),
        alignment: z.string(),
        embedder: z.string(),
        dim: z.int().positive(),
        metric: z.literal('cosine'),
      }),
      calibration: z.array(curveSchema).min(1),
    }),
    /** Measures movement and makes no embedding: nothing that is stored depends on it. Used beside a face pack. */
    z.strictObject({ ...packShape, kind: z.literal('motion'), id: z.literal('motion') }),
  ])
  .refine(
    (pack) => pack.builds.every((build) => build.from.every((name) => pack.files.some((file) => file.name === name))),
    'every build must be made from files of the pack',
  );

const manifestSchema = z.strictObject({ version: z.literal(1), packs: z.array(packSchema).min(1) });

export type PackManifest = z.infer<typeof packSchema>;
export type FacePackManifest = Extract<PackManifest, { readonly kind: 'face' }>;
export type PackFile = z.infer<typeof fileSchema>;
export type PackBuild = z.infer<typeof buildSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

/** `models/manifest.json` of this release; lies two folders above both `src/packs` and `dist/packs`. */
const MANIFEST_URL = new URL('../../models/manifest.json', import.meta.url);

let cached: Manifest | undefined;

/** Validates the text of a manifest. Throws `pack_file_invalid` naming `name` and the first fault. */
export function parseManifest(text: string, name: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new VestibuleError('pack_file_invalid', `${name} is not JSON`, { cause, context: { file: name } });
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new VestibuleError('pack_file_invalid', `${name}: ${z.prettifyError(parsed.error)}`, {
    context: { file: name },
  });
}

/** The manifest of this release. */
export function readManifest(): Manifest {
  cached ??= parseManifest(readFileSync(MANIFEST_URL, 'utf8'), 'models/manifest.json');
  return cached;
}

/** The entry of one pack. Throws `input_invalid` for an unknown id, naming the known ones. */
export function packManifest(id: string, manifest: Manifest = readManifest()): PackManifest {
  const pack = manifest.packs.find((candidate) => candidate.id === id);
  if (pack !== undefined) return pack;
  const known = manifest.packs.map((candidate) => candidate.id).join(', ');
  throw new VestibuleError('input_invalid', `There is no model pack "${id}"; known packs: ${known}`);
}

/** The entry of one pack that recognises faces. Throws `input_invalid` for any other id. */
export function facePackManifest(id: string, manifest: Manifest = readManifest()): FacePackManifest {
  const pack = packManifest(id, manifest);
  if (pack.kind === 'face') return pack;
  throw new VestibuleError('input_invalid', `The model pack "${id}" does not recognise faces`);
}
