import { useCallback, useEffect, useState } from 'preact/hooks';
import type { DecisionRow } from '../../http/contract.js';
import { Icon } from '../parts/icon.js';
import { Problem } from './overlay.js';
import { useStaff } from './staff.js';
import { useDeed } from './use-deed.js';
import { whySentences } from './why.js';

const SHOWN = 200;

/** The day before or after; plain days of the calendar. */
function dayBeside(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? day : new Date(at.getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

/** Decisions of a day: “why was I refused?”. */
export function Decisions({ today }: { readonly today: string }) {
  const { s, w, zone, send } = useStaff();
  const deed = useDeed();
  const [day, setDay] = useState(today);
  const [rows, setRows] = useState<readonly DecisionRow[]>();
  const [personId, setPersonId] = useState('');
  const [onlyDenied, setOnlyDenied] = useState(false);
  const load = useCallback(async () => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return;
    const done = await deed.run(() =>
      send<{ decisions: readonly DecisionRow[] }>('GET', `/api/v1/admin/decisions?day=${day}`),
    );
    if (done !== undefined) setRows(done.value.decisions);
  }, [send, day]);
  useEffect(() => void load(), [load]);

  const names = new Map((rows ?? []).flatMap(({ person }) => (person === undefined ? [] : [[person.id, person.name]])));
  const chosen = names.has(personId) ? personId : '';
  const shown = (rows ?? []).filter(
    (row) => (chosen === '' || row.person?.id === chosen) && (!onlyDenied || row.outcome === 'denied'),
  );
  return (
    <section class="card wide">
      <div class="tools">
        <button type="button" class="plain" aria-label={w.decisions.earlier} onClick={() => setDay(dayBeside(day, -1))}>
          <Icon name="left" />
        </button>
        <label class="field">
          {w.decisions.day}
          <input type="date" value={day} max={today} onInput={(event) => setDay(event.currentTarget.value)} />
        </label>
        <button
          type="button"
          class="plain turned"
          aria-label={w.decisions.later}
          disabled={day >= today}
          onClick={() => setDay(dayBeside(day, 1))}
        >
          <Icon name="left" />
        </button>
        <label class="field">
          {w.decisions.person}
          <select value={chosen} onChange={(event) => setPersonId(event.currentTarget.value)}>
            <option value="">{w.decisions.everybody}</option>
            {[...names].map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="tick">
          <input
            type="checkbox"
            checked={onlyDenied}
            onChange={(event) => setOnlyDenied(event.currentTarget.checked)}
          />
          {w.decisions.onlyDenied}
        </label>
      </div>
      <Problem text={deed.problem} />
      {rows !== undefined && shown.length === 0 && <p>{w.decisions.none}</p>}
      {shown.slice(0, SHOWN).map((row) => (
        <div class="row" key={row.id}>
          <strong>
            {new Date(row.at).toLocaleTimeString(s.locale, { timeZone: zone })} ·{' '}
            {row.person?.name ?? w.decisions.unknown}
          </strong>
          <span class={`tag ${row.outcome === 'granted' ? 'good' : 'bad'}`}>
            <Icon name={row.outcome === 'granted' ? 'tick' : 'cross'} />
            {row.outcome === 'granted' ? w.decisions.granted : w.decisions.denied}
            {row.purpose !== undefined && ` · ${w.decisions.purposes[row.purpose]}`}
          </span>
          <ul class="more why" aria-label={w.decisions.why}>
            {whySentences(row, s, w).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
