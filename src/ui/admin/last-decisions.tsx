import type { DecisionRow } from '../../http/contract.js';
import { Icon } from '../parts/icon.js';
import { fill } from '../strings/language.js';
import type { Strings } from '../strings/table.js';

const SHOWN = 12;

/** The last decisions with their reasons. */
export function LastDecisions(props: {
  readonly rows: readonly DecisionRow[];
  readonly s: Strings;
  /** IANA zone of the kiosk: the records are in UTC. */
  readonly zone: string;
}) {
  const { rows, s, zone } = props;
  const time = (at: string) =>
    new Date(at).toLocaleTimeString(s.locale, { hour: '2-digit', minute: '2-digit', timeZone: zone });
  return (
    <section class="card">
      <h2>{s.admin.decisions}</h2>
      {rows.length === 0 && <p>{s.admin.noDecisions}</p>}
      {rows.slice(0, SHOWN).map((row) => (
        <div class="row" key={row.id}>
          <strong>
            {time(row.at)} · {row.person?.name ?? s.admin.unknownPerson}
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
