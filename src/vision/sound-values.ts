/** Something with fields, of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** More entries than any list of a message has. */
const MOST_ENTRIES = 1024;

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Finite. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

export function isFinitePositive(value: unknown): value is number {
  return isNumber(value) && value > 0;
}

/** @param most longest text, characters */
export function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most;
}

export function isOneOf<T extends string>(value: unknown, all: readonly T[]): value is T {
  return all.some((one) => one === value);
}

export function isList(value: unknown, isEntry: (entry: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= MOST_ENTRIES && value.every(isEntry);
}

/** The named fields are of type number; they may be none that is finite. */
export function hasNumbers(value: unknown, names: readonly string[]): value is Fields {
  return isRecord(value) && names.every((name) => typeof value[name] === 'number');
}

/** @param most greatest length; @param exact the only one */
export function isVector(value: unknown, length: { readonly most: number } | { readonly exact: number }): boolean {
  if (!(value instanceof Float32Array)) return false;
  return 'exact' in length ? value.length === length.exact : value.length > 0 && value.length <= length.most;
}
