/** Argon2id as a PHC string tells it. */
export interface Argon2Parameters {
  readonly memoryKib: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** Costs beyond these are refused: one imported hash must not keep the kiosk busy for minutes (docs/adr/0084). */
const ARGON2_MOST = { memoryKib: 1_048_576, passes: 10, parallelism: 4 } as const;
const BCRYPT_COSTS = { least: 4, most: 13 } as const;
const DJANGO_ITERATIONS = { least: 1000, most: 2_000_000 } as const;

const ARGON2 = /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,4}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,172}$/;
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
/** `pbkdf2_sha256$iterations$salt$base64`, as Django writes it. */
const DJANGO = /^pbkdf2_sha256\$(\d{1,8})\$([^$\s]{1,128})\$([A-Za-z0-9+/]{43}=)$/;

/**
 * Least memory of argon2id for a number of passes with parallelism 1, KiB (OWASP Password Storage Cheat Sheet: 46 MiB
 * with 1 pass, 19 MiB with 2, 12 MiB with 3, 9 MiB with 4, 7 MiB with 5).
 */
export function leastMemoryKib(passes: number): number {
  return [Number.POSITIVE_INFINITY, 47104, 19456, 12288, 9216][passes] ?? 7168;
}

/** Parameters of a stored argon2id hash; undefined for any other text and for absurd costs. */
export function argon2Parameters(stored: string): Argon2Parameters | undefined {
  const match = ARGON2.exec(stored);
  if (match === null) return undefined;
  const [memoryKib, passes, parallelism] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const isSane =
    memoryKib >= 8 * parallelism &&
    memoryKib <= ARGON2_MOST.memoryKib &&
    passes >= 1 &&
    passes <= ARGON2_MOST.passes &&
    parallelism >= 1 &&
    parallelism <= ARGON2_MOST.parallelism;
  return isSane ? { memoryKib, passes, parallelism } : undefined;
}

/** Whether a text is a bcrypt hash of a bearable cost. */
export function isBcrypt(stored: string): boolean {
  const cost = Number(BCRYPT.exec(stored)?.[1]);
  return cost >= BCRYPT_COSTS.least && cost <= BCRYPT_COSTS.most;
}

/** Whether a text is a hash that can be verified at a bearable cost. */
export function knowsPasswordHash(stored: string): boolean {
  return argon2Parameters(stored) !== undefined || isBcrypt(stored) || djangoParts(stored) !== undefined;
}

/** Parts of a Django `pbkdf2_sha256` hash of a bearable cost; undefined for any other text. */
export function djangoParts(
  stored: string,
): { readonly iterations: number; readonly salt: string; readonly digest: Buffer } | undefined {
  const match = DJANGO.exec(stored);
  if (match === null) return undefined;
  const iterations = Number(match[1]);
  if (iterations < DJANGO_ITERATIONS.least || iterations > DJANGO_ITERATIONS.most) return undefined;
  return { iterations, salt: match[2]!, digest: Buffer.from(match[3]!, 'base64') };
}
