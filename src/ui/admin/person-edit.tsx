import { useState } from 'preact/hooks';
import { fill } from '../strings/language.js';
import { Problem, TextField } from './overlay.js';
import type { PersonPanelProps } from './person-panel.js';
import { RoleChoice } from './role-choice.js';
import { useStaff } from './staff.js';
import { useDeed } from './use-deed.js';

/** Name and number; role and whether the account is open for administrators, but nobody's own. */
export function PersonEdit({ person, changed }: PersonPanelProps) {
  const { w, role: mine, access, send } = useStaff();
  const deed = useDeed();
  const [name, setName] = useState(person.name);
  const [number, setNumber] = useState(person.externalId ?? '');
  const [role, setRole] = useState(person.role);
  const [active, setActive] = useState(person.active);
  const [saved, setSaved] = useState(false);
  const isOwn = access.kind === 'session' && access.personId === person.id;
  const change = {
    ...(name.trim() !== person.name && { name: name.trim() }),
    ...(number.trim() !== (person.externalId ?? '') && { externalId: number.trim() === '' ? null : number.trim() }),
    ...(role !== person.role && { role }),
    ...(active !== person.active && { active }),
  };
  const isChanged = Object.keys(change).length > 0;
  const turns = 'role' in change || 'active' in change;
  const save = async () => {
    if ((await deed.run(() => send('POST', `/api/v1/admin/people/${person.id}`, change))) === undefined) return;
    setSaved(true);
    await changed();
  };
  return (
    <section>
      <h3>{w.person.edit}</h3>
      <form
        class="two"
        onInput={() => setSaved(false)}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField label={w.add.name} value={name} change={setName} />
        <TextField label={w.person.number} value={number} change={setNumber} longest={40} />
        {mine === 'admin' && (
          <>
            <RoleChoice label={w.person.role} role={role} change={setRole} disabled={isOwn} />
            <label class="tick">
              <input
                type="checkbox"
                checked={active}
                disabled={isOwn}
                onInput={(event) => setActive(event.currentTarget.checked)}
              />
              {w.person.open}
            </label>
            {isOwn && <p class="soft">{w.person.own}</p>}
          </>
        )}
        {turns && <p class="wants">{fill(w.person.roleSure, { name: person.name })}</p>}
        <Problem text={deed.problem} />
        {saved && !isChanged && <p role="status">{w.saved}</p>}
        <p class="deeds">
          <button type="submit" class="primary" disabled={deed.busy || !isChanged || name.trim() === ''}>
            {w.save}
          </button>
        </p>
      </form>
    </section>
  );
}
