import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const packHash = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const files = z.array(z.strictObject({ name: z.string(), bytes: z.int().positive(), sha256 }));

/** Name of the file in a pack's folder that says what is installed. */
export const INSTALLED_FILE = 'installed.json';

/** Record of a pack that recognises faces. */
export const installedFacePackSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  /** `sha256:` + 64 hex digits over everything that an embedding depends on. */
  hash: packHash,
  /** Length of an embedding. */
  dim: z.int().positive(),
  detector: z.string(),
  alignment: z.string(),
  embedder: z.string(),
  files,
});
export type InstalledFacePack = z.infer<typeof installedFacePackSchema>;

/** Record of a pack that measures movement and makes no embedding. */
export const installedMotionPackSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal('motion'),
  id: z.string(),
  /** `sha256:` + 64 hex digits over all of its files. */
  hash: packHash,
  files,
});

/**
 * `installed.json`: written last when a pack is installed (room `packs` writes, `vision` reads), so that a pack with
 * this file is complete.
 */
export const installedPackSchema = z.union([installedFacePackSchema, installedMotionPackSchema]);
export type InstalledPack = z.infer<typeof installedPackSchema>;
