import { useState } from 'preact/hooks';
import { fill } from '../strings/language.js';
import { Problem, TextField } from './overlay.js';
import type { PersonPanelProps } from './person-panel.js';
import { useStaff } from './staff.js';
import { useDeed } from './use-deed.js';

/** Removal for good; the name has to be typed, so that no slip of the finger does it. */
export function PersonRemove({ person, removed }: PersonPanelProps) {
  const { w, send } = useStaff();
  const deed = useDeed();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const matches = typed.trim().toLowerCase() === person.name.toLowerCase();
  const remove = async () => {
    if ((await deed.run(() => send('DELETE', `/api/v1/admin/people/${person.id}`))) !== undefined) removed(person.name);
  };
  if (!open)
    return (
      <p class="deeds">
        <button type="button" class="plain bad" onClick={() => setOpen(true)}>
          {w.person.remove}
        </button>
      </p>
    );
  return (
    <form
      class="apart"
      onSubmit={(event) => {
        event.preventDefault();
        if (matches) void remove();
      }}
    >
      <h3>{w.person.remove}</h3>
      <p>{fill(w.person.removeSure, { name: person.name })}</p>
      <TextField label={w.person.removeType} value={typed} change={setTyped} focus />
      <Problem text={deed.problem} />
      <p class="deeds">
        <button type="button" class="plain" onClick={() => setOpen(false)}>
          {w.cancel}
        </button>
        <button type="submit" class="primary bad" disabled={!matches || deed.busy}>
          {w.person.removeYes}
        </button>
      </p>
    </form>
  );
}
