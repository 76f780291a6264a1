import type { DecisionRow } from '../../http/contract.js';
import { Icon } from '../parts/icon.js';
import { clockTime, fill } from '../strings/language.js';
import type { Strings } from '../strings/table.js';

const SHOWN = 50;

/** The last decisions with their reasons. */
export function Decisions({ rows, s }: { readonly rows: readonly DecisionRow[]; readonly s: Strings }) {
  return (
    <section class="card">
      <h2>{s.admin.decisions}</h2>
      {rows.length === 0 && <p>{s.admin.noDecisions}</p>}
      {rows.slice(0, SHOWN).map((row) => (
        <div class="row" key={row.id}>
          <strong>
            {clockTime(row.at)} · {row.person?.name ?? s.admin.unknownPerson}
          </strong>
          <span class={`tag ${row.outcome === 'granted' ? 'good' : 'bad'}`}>
            <Icon name={row.outcome === 'granted' ? 'tick' : 'cross'} />
            {row.outcome === 'granted' ? s.admin.granted : s.admin.denied}
          </span>
          <span class="more">
            {[
              s.reasons[row.reason],
              row.factors.join(', '),
              row.score !== undefined && row.threshold !== undefined
                ? fill(s.admin.score, { score: row.score.toFixed(3), threshold: row.threshold.toFixed(3) })
                : '',
            ]
              .filter((part) => part !== '')
              .join(' · ')}
          </span>
        </div>
      ))}
    </section>
  );
}
