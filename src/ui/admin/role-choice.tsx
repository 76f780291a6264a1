import type { Role } from '../../domain/role.js';
import { useStaff } from './staff.js';

export const ROLE_CHOICES = ['person', 'operator', 'manager', 'admin'] as const satisfies readonly Role[];

/** One of the roles. */
export function RoleChoice(props: {
  readonly label: string;
  readonly role: Role;
  readonly change: (role: Role) => void;
  readonly disabled?: boolean;
}) {
  const { w } = useStaff();
  return (
    <label class="field">
      {props.label}
      <select
        value={props.role}
        disabled={props.disabled ?? false}
        onInput={(event) => {
          const role = ROLE_CHOICES.find((one) => one === event.currentTarget.value);
          if (role !== undefined) props.change(role);
        }}
      >
        {ROLE_CHOICES.map((role) => (
          <option key={role} value={role}>
            {w.roles[role]}
          </option>
        ))}
      </select>
    </label>
  );
}
