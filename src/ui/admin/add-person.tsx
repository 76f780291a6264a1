import { useState } from 'preact/hooks';
import type { Role } from '../../domain/role.js';
import type { InvitationAnswer } from '../../http/contract-people.js';
import { Overlay, Problem, TextField } from './overlay.js';
import { RoleChoice } from './role-choice.js';
import { useStaff } from './staff.js';
import { useDeed } from './use-deed.js';

interface Added {
  readonly person: { readonly id: string; readonly name: string };
  readonly invitation: InvitationAnswer;
}

/** Name, number and role of somebody new; the answer holds the invitation code. */
export function AddPerson(props: { readonly leave: () => void; readonly added: (added: Added) => void }) {
  const { w, send } = useStaff();
  const deed = useDeed();
  const [name, setName] = useState('');
  const [number, setNumber] = useState('');
  const [userName, setUserName] = useState('');
  const [role, setRole] = useState<Role>('person');
  const add = async () => {
    const person = {
      name: name.trim(),
      role,
      ...(number.trim() !== '' && { externalId: number.trim() }),
      ...(userName.trim() !== '' && { userName: userName.trim() }),
    };
    const done = await deed.run(() => send<Added>('POST', '/api/v1/admin/people', person));
    if (done !== undefined) props.added(done.value);
  };
  return (
    <Overlay title={w.add.title} leave={props.leave} leaveText={w.cancel}>
      <form
        class="two"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <TextField label={w.add.name} value={name} change={setName} focus />
        <TextField label={w.add.number} value={number} change={setNumber} longest={40} />
        <TextField
          label={w.add.userName}
          value={userName}
          change={setUserName}
          longest={64}
          note={w.add.userNameHint}
        />
        <RoleChoice label={w.add.role} role={role} change={setRole} />
        <Problem text={deed.problem} />
        <p class="deeds">
          <button type="submit" class="primary" disabled={deed.busy || name.trim() === ''}>
            {w.add.send}
          </button>
        </p>
      </form>
    </Overlay>
  );
}
