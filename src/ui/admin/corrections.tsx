import { useCallback, useEffect, useState } from 'preact/hooks';
import type { CorrectionRow } from '../../http/contract-people.js';
import { Icon } from '../parts/icon.js';
import { fill } from '../strings/language.js';
import { Problem, TextField } from './overlay.js';
import { useStaff } from './staff.js';
import { useDeed } from './use-deed.js';

/** Decided requests that are shown. */
const DECIDED_SHOWN = 30;

/** Requests to correct punches: what has to be decided first, then what was. */
export function Corrections() {
  const { w, send } = useStaff();
  const deed = useDeed();
  const [rows, setRows] = useState<readonly CorrectionRow[]>();
  const load = useCallback(async () => {
    const done = await deed.run(() =>
      send<{ corrections: readonly CorrectionRow[] }>('GET', '/api/v1/admin/corrections'),
    );
    if (done !== undefined) setRows(done.value.corrections);
  }, [send]);
  useEffect(() => void load(), [load]);

  const open = rows?.filter(({ state }) => state === 'open') ?? [];
  const decided = rows?.filter(({ state }) => state !== 'open').slice(0, DECIDED_SHOWN) ?? [];
  return (
    <>
      <section class="card wide">
        <h2>{w.corrections.open}</h2>
        <Problem text={deed.problem} />
        {rows !== undefined && open.length === 0 && <p>{w.corrections.none}</p>}
        {open.map((row) => (
          <Correction key={row.id} row={row} judged={load} />
        ))}
      </section>
      {decided.length > 0 && (
        <section class="card wide">
          <h2>{w.corrections.decided}</h2>
          {decided.map((row) => (
            <Correction key={row.id} row={row} judged={load} />
          ))}
        </section>
      )}
    </>
  );
}

function Correction({ row, judged }: { readonly row: CorrectionRow; readonly judged: () => Promise<void> }) {
  const { s, w, access, zone, send } = useStaff();
  const deed = useDeed();
  const [note, setNote] = useState('');
  const isOwn = access.kind === 'session' && access.personId === row.person?.id;
  const moment = (at: string): string =>
    new Date(at).toLocaleString(s.locale, {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: zone,
    });
  const punch = (one: { direction: 'check_in' | 'check_out'; at: string }): string =>
    `${s.directions[one.direction]} ${moment(one.at)}`;
  const { direction, at, was } = row;
  const wanted = direction !== undefined && at !== undefined ? punch({ direction, at }) : undefined;
  const asks =
    was === undefined
      ? w.corrections.asks.add
      : wanted === undefined
        ? w.corrections.asks.remove
        : w.corrections.asks.change;
  const judge = async (verdict: 'approve' | 'reject') => {
    const given = { verdict, ...(note.trim() !== '' && { note: note.trim() }) };
    if ((await deed.run(() => send('POST', `/api/v1/admin/corrections/${row.id}`, given))) !== undefined)
      await judged();
  };
  return (
    <div class="row correction">
      <strong>{row.person?.name ?? w.corrections.gone}</strong>
      {row.state !== 'open' && (
        <span class={`tag ${row.state === 'approved' ? 'good' : 'bad'}`}>
          <Icon name={row.state === 'approved' ? 'tick' : 'cross'} />
          {row.state === 'approved' ? w.corrections.approved : w.corrections.rejected}
        </span>
      )}
      <p class="more asks">{fill(asks, { was: was === undefined ? '' : punch(was), wanted: wanted ?? '' })}</p>
      <p class="more">
        {[
          fill(w.corrections.asked, { time: moment(row.requestedAt) }),
          fill(w.corrections.reason, { reason: row.reason }),
          row.decidedBy === undefined ? '' : fill(w.corrections.by, { name: row.decidedBy.name }),
          row.note === undefined ? '' : fill(w.corrections.reason, { reason: row.note }),
        ]
          .filter((text) => text !== '')
          .join(' · ')}
      </p>
      {row.state === 'open' && isOwn && <p class="more">{w.corrections.own}</p>}
      {row.state === 'open' && !isOwn && (
        <div class="more verdict">
          <TextField label={w.corrections.note} value={note} change={setNote} longest={200} />
          <button type="button" class="plain" disabled={deed.busy} onClick={() => void judge('reject')}>
            <Icon name="cross" />
            {w.corrections.reject}
          </button>
          <button type="button" class="primary" disabled={deed.busy} onClick={() => void judge('approve')}>
            <Icon name="tick" />
            {w.corrections.approve}
          </button>
        </div>
      )}
      <div class="more">
        <Problem text={deed.problem} />
      </div>
    </div>
  );
}
