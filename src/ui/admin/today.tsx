import type { DayEvent, DayView } from '../../http/contract.js';
import { Icon, type IconName } from '../parts/icon.js';
import { clockTime, duration } from '../strings/language.js';
import type { Strings } from '../strings/table.js';

function typeName(type: string, s: Strings): string {
  const names: Readonly<Record<string, string>> = { ...s.directions, ...s.admin.types };
  return names[type] ?? type;
}

function iconOf({ type }: DayEvent): IconName {
  if (type === 'void') return 'cross';
  return type === 'check_out' || type === 'break_start' || type === 'visitor_out' ? 'out' : 'in';
}

/** Today's events, one row per person. */
export function Today({ day, s }: { readonly day: DayView; readonly s: Strings }) {
  return (
    <section class="card">
      <h2>
        {s.admin.today} · {day.day}
      </h2>
      {day.people.length === 0 && <p>{s.admin.nobody}</p>}
      {day.people.map((row, i) => (
        <div class="row" key={row.person?.id ?? i}>
          <strong>
            {row.person?.name ?? s.admin.erased}
            {row.person?.externalId !== undefined && ` · ${row.person.externalId}`}
          </strong>
          <span class={`tag ${row.present ? 'good' : ''}`}>
            <Icon name={row.present ? 'tick' : 'out'} />
            {row.present ? s.admin.present : s.admin.absent}
          </span>
          <div class="more punches">
            {row.events.map((event) => (
              <span class="tag" key={event.id}>
                <Icon name={iconOf(event)} />
                {typeName(event.type, s)} {clockTime(event.at)}
                {event.clockSync === 'none' && <Icon name="alert" tone="bad" />}
              </span>
            ))}
            <span>
              {s.admin.worked} {duration(row.workedMs, s)}
            </span>
          </div>
        </div>
      ))}
    </section>
  );
}
