import { useEffect, useState } from 'preact/hooks';
import type { WireError } from '../../http/contract.js';
import type { CorrectionRow } from '../../http/contract-people.js';
import { corrections } from '../daemon/own.js';
import { problemText } from '../login/problem-text.js';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';
import { clockTime } from '../strings/language.js';
import type { Strings } from '../strings/table.js';
import { dayName } from './words.js';

function wanted({ direction, at, eventId }: CorrectionRow, s: Strings): string {
  if (direction === undefined || at === undefined) return s.account.correction.remove;
  const when = `${dayName(at.slice(0, 10), s)} ${clockTime(at)}`;
  return `${eventId === undefined ? s.account.correction.add : s.account.correction.change}: ${s.directions[direction]} ${when}`;
}

/** Own requests and what became of them. */
export function Corrections() {
  const { s } = usePage();
  const [rows, setRows] = useState<readonly CorrectionRow[]>();
  const [problem, setProblem] = useState<WireError>();
  useEffect(() => {
    void corrections().then((reply) => (reply.ok ? setRows(reply.value.corrections) : setProblem(reply.error)));
  }, []);
  const c = s.account.correction;
  if (problem !== undefined) return <Notice tone="bad">{problemText(problem, s)}</Notice>;
  if (rows?.length === 0) return <p>{c.none}</p>;
  return (
    <ul class="rows">
      {rows?.map((row) => (
        <li key={row.id}>
          <div>
            <strong>{wanted(row, s)}</strong>
            <small>{row.reason}</small>
            {row.note !== undefined && (
              <small>
                {row.decidedBy?.name}: {row.note}
              </small>
            )}
          </div>
          <span class={`tag ${row.state === 'approved' ? 'good' : row.state === 'rejected' ? 'bad' : ''}`}>
            {c.states[row.state]}
          </span>
        </li>
      ))}
    </ul>
  );
}
