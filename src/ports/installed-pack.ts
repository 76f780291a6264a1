import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Name of the file in a pack's folder that says what is installed. */
export const INSTALLED_FILE = 'installed.json';

/**
 * `installed.json`: written last when a pack is installed (rooms `packs` writes, `vision/inference` reads), so that a
 * pack with this file is complete.
 */
export const installedPackSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  /** `sha256:` + 64 hex digits over everything that an embedding depends on. */
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** Length of an embedding. */
  dim: z.int().positive(),
  detector: z.string(),
  alignment: z.string(),
  embedder: z.string(),
  files: z.array(z.strictObject({ name: z.string(), bytes: z.int().positive(), sha256 })),
});
export type InstalledPack = z.infer<typeof installedPackSchema>;
