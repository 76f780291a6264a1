import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument, type YAMLError } from 'yaml';
import type { ConfigFault } from './fault-list.js';

const LARGEST_FILE_BYTES = 1_000_000;

/** A YAML file with the positions of its keys. */
export interface ConfigDocument {
  readonly data: Readonly<Record<string, unknown>>;
  readonly faults: readonly ConfigFault[];
  /** Where the key of a path stands (or its nearest parent). */
  position(path: readonly PropertyKey[]): { readonly place: string; readonly line: number };
}

/**
 * Parses the text of a configuration file. Keys without a value count as absent, so a section whose keys are all
 * commented out keeps its defaults.
 * @param text YAML 1.2 @param name name of the file, for the places of faults
 */
export function parseConfigDocument(text: string, name: string): ConfigDocument {
  const counter = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return { place: `${name}:${line}:${col}`, line };
  };
  const position = (path: readonly PropertyKey[]) => at(offsetOf(document, path));
  if (Buffer.byteLength(text) > LARGEST_FILE_BYTES) {
    const fault = { path: '', message: 'the file is larger than 1 MB; this is no configuration', place: name };
    return { data: {}, faults: [fault], position: () => ({ place: name, line: 1 }) };
  }
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: true });
  const faults: ConfigFault[] = document.errors.map((error) => ({
    path: '',
    message: explain(error),
    ...at(error.pos[0]),
  }));
  if (faults.length > 0) return { data: {}, faults, position };
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) return { data: {}, faults, position };
  if (!isMap(root)) {
    const message = 'write keys with values, such as "site:" and below it "  name: Office"';
    return { data: {}, faults: [{ path: '', message, ...at(root.range?.[0] ?? 0) }], position };
  }
  try {
    const data = withoutNulls(document.toJS({ maxAliasCount: 100 })) as Record<string, unknown>;
    return { data, faults, position };
  } catch {
    const message = 'the file repeats an alias (*name) without end; write the values out';
    return { data: {}, faults: [{ path: '', message, place: name, line: 1 }], position };
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}

function explain(error: YAMLError): string {
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return 'this key stands twice; keep one of them';
    case 'TAB_AS_INDENT':
      return 'a tab stands where spaces must; indent with spaces';
    case 'MULTIPLE_DOCS':
      return 'the file holds several documents ("---"); keep one';
    case 'BAD_INDENT':
      return 'the indentation is uneven; keys of one section begin in the same column';
    case 'MISSING_CHAR':
    case 'UNEXPECTED_TOKEN':
      return `this is not YAML: ${lowerFirst(error.message)}`;
    default:
      return `this cannot be read: ${lowerFirst(error.message)}`;
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Offset of the key node of the deepest part of the path that exists. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (typeof part === 'number' && typeof node === 'object' && node !== null && 'items' in node) {
      const item: unknown = (node.items as unknown[])[part];
      offset = (item as Node | undefined)?.range?.[0] ?? offset;
      node = item;
    } else return offset;
  }
  return offset;
}
