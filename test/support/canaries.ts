import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Something that must not get out, and where it may stand all the same. */
export interface Canary {
  readonly name: string;
  readonly forms: readonly string[];
  /** Files of the state directory (relative paths) in which it may stand in the clear. */
  readonly files: RegExp | undefined;
  /** False: an answer of success may hold it, as whoever asked may know it. */
  readonly neverAnswered: boolean;
}

export interface CanaryRules {
  readonly files?: RegExp;
  readonly neverAnswered?: boolean;
}

/** Secrets and personal data of one run, looked for in every form in which text is written down. */
export class Canaries {
  readonly #all = new Map<string, Canary>();

  /** Remembers one; a second one of a name is looked for beside the first. */
  add(name: string, value: string | Uint8Array, { files, neverAnswered = false }: CanaryRules = {}): void {
    if (value.length < 4) throw new Error(`the canary "${name}" is too short to be looked for`);
    const former = this.#all.get(name)?.forms ?? [];
    this.#all.set(name, { name, forms: [...former, ...formsOf(value)], files, neverAnswered });
  }

  /** A vector of a template: a few of its numbers in a row, in binary and as JSON. */
  addVector(name: string, vector: Float32Array): void {
    for (let at = 0; at + 8 <= vector.length; at += 32) {
      const part = vector.slice(at, at + 8);
      this.add(name, new Uint8Array(part.buffer, part.byteOffset, part.byteLength), { neverAnswered: true });
      for (const digits of [(v: number) => String(v), (v: number) => v.toFixed(4)])
        this.add(name, [...part.slice(0, 4)].map(digits).join(','), { neverAnswered: true });
    }
  }

  get names(): readonly string[] {
    return [...this.#all.keys()];
  }

  /** Names of the canaries that stand in a text. */
  in(text: string | Buffer, which: (canary: Canary) => boolean = () => true): readonly string[] {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8').toString('latin1') : text.toString('latin1');
    return [...this.#all.values()]
      .filter((canary) => which(canary) && canary.forms.some((form) => stands(form, bytes)))
      .map(({ name }) => name);
  }

  /** `file: name` for every canary that stands in a file in which it must not stand; number of files that were read. */
  inDirectory(directory: string): {
    readonly found: readonly string[];
    readonly files: number;
    readonly bytes: number;
  } {
    const found: string[] = [];
    let [files, bytes] = [0, 0];
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = relative(directory, join(entry.parentPath, entry.name));
      // Models are as installed; nothing of the kiosk is written there.
      if (file.startsWith('models/')) continue;
      const content = readFileSync(join(directory, file));
      files += 1;
      bytes += content.length;
      for (const name of this.in(content, ({ files: allowed }) => allowed?.test(file) !== true))
        found.push(`${file}: ${name}`);
    }
    return { found, files, bytes };
  }
}

/** Texts as which the value may stand among bytes that are read as latin1. */
function formsOf(value: string | Uint8Array): readonly string[] {
  const bytes = Buffer.from(value as string);
  const raw = bytes.toString('latin1');
  const texts = new Set([raw]);
  if (typeof value === 'string') {
    for (const text of [
      value,
      value.toLowerCase(),
      value.toUpperCase(),
      value.normalize('NFC'),
      value.normalize('NFD'),
    ])
      for (const form of [text, encodeURIComponent(text), new URLSearchParams({ v: text }).toString().slice(2)])
        texts.add(Buffer.from(form).toString('latin1'));
    const json = JSON.stringify(value).slice(1, -1);
    const ascii = json.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    // Text in JSON in JSON, and the same with every sign as an escape.
    for (const form of [json, ascii, JSON.stringify(json).slice(1, -1), JSON.stringify(ascii).slice(1, -1)])
      texts.add(Buffer.from(form).toString('latin1'));
  }
  texts.add(bytes.toString('hex'));
  texts.add(bytes.toString('hex').toUpperCase());
  for (const text of inBase64(bytes)) {
    texts.add(text);
    texts.add(text.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return [...texts];
}

/** Few digits may stand by chance in a longer number, or among the hexadecimal digits of a hash or an id. */
function stands(form: string, text: string): boolean {
  if (!/^\d{4,9}$/.test(form)) return text.includes(form);
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
    const before = /[0-9A-Fa-f-]*$/.exec(text.slice(Math.max(0, at - 40), at))?.[0] ?? '';
    const after = /^[0-9A-Fa-f-]*/.exec(text.slice(at + form.length, at + form.length + 40))?.[0] ?? '';
    const isPart = /\d$/.test(before) || /^\d/.test(after);
    if (!isPart && before.length + after.length < 20) return true;
  }
  return false;
}

/** What of the value is seen in the base64 of a longer text, for each of the three places in a group at which it can begin. */
function inBase64(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const whole = text.slice(before === 0 ? 0 : before + 1, Math.floor(((before + bytes.length) * 8) / 6));
    return whole.length >= 6 ? [whole] : [];
  });
}
