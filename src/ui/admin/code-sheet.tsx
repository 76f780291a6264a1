import type { InvitationAnswer } from '../../http/contract-people.js';
import { Icon } from '../parts/icon.js';
import { fill } from '../strings/language.js';
import { Overlay } from './overlay.js';
import { useStaff } from './staff.js';

/** A one-time code, shown once; what is printed is this sheet alone. */
export function CodeSheet(props: {
  readonly kind: 'register' | 'reset';
  readonly name: string;
  readonly invitation: InvitationAnswer;
  readonly done: () => void;
}) {
  const { s, w, zone } = useStaff();
  const { kind, name, invitation } = props;
  const until = new Date(invitation.expiresAt).toLocaleString(s.locale, {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone: zone,
  });
  const how = kind === 'register' ? w.code.how : w.code.howReset;
  return (
    <Overlay title={fill(w.code[kind], { name })} leave={props.done} leaveText={w.code.done}>
      <div class="printable">
        <h2 class="only-print">{fill(w.code[kind], { name })}</h2>
        <p class="one-time">{invitation.code}</p>
        <p>{fill(how, { signIn: s.login.entry.signIn, register: s.login.entry.register })}</p>
        <p>{fill(w.code.until, { time: until })}</p>
      </div>
      <p class="notice warn">
        <Icon name="alert" />
        <span>{w.code.once}</span>
      </p>
      <p class="deeds">
        <button type="button" class="primary" onClick={() => window.print()}>
          {w.code.print}
        </button>
      </p>
    </Overlay>
  );
}
