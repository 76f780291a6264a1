import { useState } from 'preact/hooks';
import { Icon } from '../parts/icon.js';
import { fill } from '../strings/language.js';
import { Problem, TextField } from './overlay.js';
import type { PersonPanelProps } from './person-panel.js';
import { useStaff } from './staff.js';
import { useDeed } from './use-deed.js';

/** Badges of a person: a reader that types like a keyboard fills in the number. */
export function PersonBadges({ person, changed }: PersonPanelProps) {
  const { w, send } = useStaff();
  const deed = useDeed();
  const [open, setOpen] = useState(false);
  const [badge, setBadge] = useState('');
  const [label, setLabel] = useState('');
  /** The badge that the next press takes away. */
  const [armed, setArmed] = useState<string>();
  const path = `/api/v1/admin/people/${person.id}/badges`;
  const add = async () => {
    if ((await deed.run(() => send('POST', path, { badge: badge.trim(), label: label.trim() }))) === undefined) return;
    setOpen(false);
    setBadge('');
    setLabel('');
    await changed();
  };
  const remove = async (id: string) => {
    if ((await deed.run(() => send('DELETE', `${path}/${id}`))) !== undefined) await changed();
  };
  return (
    <section>
      <h3>{w.person.badges}</h3>
      {person.factors.badges.length === 0 && <p class="soft">{w.person.noBadges}</p>}
      <p class="deeds">
        {person.factors.badges.map((one) => (
          <button
            key={one.id}
            type="button"
            class={`plain ${armed === one.id ? 'bad' : ''}`}
            disabled={deed.busy}
            onClick={() => (armed === one.id ? void remove(one.id) : setArmed(one.id))}
          >
            {armed === one.id ? fill(w.person.badgeRemove, { label: one.label }) : one.label}
            <Icon name="cross" />
          </button>
        ))}
        {!open && (
          <button type="button" class="plain" onClick={() => setOpen(true)}>
            {w.person.badgeAdd}
          </button>
        )}
      </p>
      {open && (
        <form
          class="two"
          onSubmit={(event) => {
            event.preventDefault();
            // A reader ends the number with Enter: the label comes after it.
            if (badge.trim() !== '' && label.trim() !== '') void add();
          }}
        >
          <TextField label={w.person.badgeNumber} value={badge} change={setBadge} longest={128} focus />
          <TextField label={w.person.badgeLabel} value={label} change={setLabel} longest={40} />
          <p class="deeds">
            <button type="submit" class="primary" disabled={deed.busy || badge.trim() === '' || label.trim() === ''}>
              {w.person.badgeAdd}
            </button>
          </p>
        </form>
      )}
      <Problem text={deed.problem} />
    </section>
  );
}
