import { table } from '../table.js';

export type Verdict = 'met' | 'not met' | 'skipped' | 'for information';

export interface Target {
  readonly kind: 'at most' | 'at least';
  readonly value: number;
}

/** One line of the bench's table. */
export interface Row {
  readonly what: string;
  /** Absent: not measured. */
  readonly measured?: number;
  readonly unit: string;
  /** Absent: nothing is promised. */
  readonly target?: Target | undefined;
  /** How it was measured, how often; or why it was not. */
  readonly note: string;
}

/** What is true for the whole run. */
export interface Conditions {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly opencv: string;
  readonly engine: string;
  /** 1, 5 and 15 minutes, at the start. */
  readonly load: readonly number[];
}

/** Did the measurement reach its target? A value that is not a number never does. */
export function verdictOf({ measured, target }: Row): Verdict {
  if (measured === undefined) return 'skipped';
  if (target === undefined) return 'for information';
  const reached = target.kind === 'at most' ? measured <= target.value : measured >= target.value;
  return reached ? 'met' : 'not met';
}

/** The rows as a table under the conditions. */
export function report(rows: readonly Row[], conditions: Conditions): string {
  const { date, cpu, cores, node, opencv, engine, load } = conditions;
  const head = [
    `${date} · ${cpu}, ${cores} cores · Node ${node} · OpenCV ${opencv} · ${engine}`,
    `Load average at the start: ${load.map((value) => value.toFixed(2)).join(' ')}`,
  ];
  const lines = rows.map((row) => [
    row.what,
    row.measured === undefined ? '–' : `${figure(row.measured)} ${row.unit}`,
    row.target === undefined ? '' : `${row.target.kind === 'at most' ? '≤' : '≥'} ${row.target.value} ${row.unit}`,
    verdictOf(row),
    row.note,
  ]);
  return `${head.join('\n')}\n\n${table([['WHAT', 'MEASURED', 'TARGET', 'VERDICT', 'HOW'], ...lines])}`;
}

/** Three digits are enough for a figure that varies by a tenth from run to run. */
function figure(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
