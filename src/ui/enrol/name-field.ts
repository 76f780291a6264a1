import type { Strings } from '../strings/table.js';

/** Why the daemon would refuse this name, while it is typed; undefined when it would not. The daemon decides. */
export function nameFault(raw: string, s: Strings): string | undefined {
  const name = raw.normalize('NFC').trim();
  if (/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Cn}\p{Co}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name)) {
    return s.enrol.nameWrong;
  }
  if (!/[\p{L}\p{N}]/u.test(name)) return s.enrol.nameEmpty;
  if ([...name].length > 80) return s.enrol.nameLong;
  return undefined;
}
