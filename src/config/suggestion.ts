import { closest, distance } from 'fastest-levenshtein';

/** `; did you mean "width"?` when one of the known names is near enough, else the empty text. */
export function suggestion(name: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  // A forgotten unit: duplicateInterval for duplicateIntervalSeconds
  const longer = known.filter((one) => name.length >= 4 && one.toLowerCase().startsWith(name.toLowerCase()));
  if (longer.length === 1) return `; did you mean "${longer[0]}"?`;
  const best = closest(name.toLowerCase(), known.map((one) => one.toLowerCase()) as string[]);
  const original = known.find((one) => one.toLowerCase() === best) ?? best;
  const near = distance(name.toLowerCase(), best) <= Math.min(3, Math.floor(name.length / 2));
  return near ? `; did you mean "${original}"?` : '';
}
