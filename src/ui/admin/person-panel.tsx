import { useState } from 'preact/hooks';
import type { AdminPerson, InvitationAnswer } from '../../http/contract-people.js';
import { Icon } from '../parts/icon.js';
import { duration, fill } from '../strings/language.js';
import { Overlay, Problem } from './overlay.js';
import type { MadeCode } from './people.js';
import { PersonBadges } from './person-badges.js';
import { PersonEdit } from './person-edit.js';
import { PersonRemove } from './person-remove.js';
import { factorTexts, missingParts } from './person-words.js';
import { mayActOn, useStaff } from './staff.js';
import { useDeed } from './use-deed.js';

export interface PersonPanelProps {
  readonly person: AdminPerson;
  readonly leave: () => void;
  /** Something was changed: the list is read again. */
  readonly changed: () => Promise<void>;
  readonly made: (code: MadeCode) => void;
  readonly removed: (name: string) => void;
}

/** Everything about one person that staff may see and do. */
export function PersonPanel(props: PersonPanelProps) {
  const { s, w, role, zone } = useStaff();
  const { person } = props;
  const since = new Date(person.createdAt).toLocaleDateString(s.locale, { dateStyle: 'long', timeZone: zone });
  const mayAct = mayActOn(role, person.role);
  const missing = missingParts(person).map((part) => w.factors[part]);
  const ways = factorTexts(person, w);
  return (
    <Overlay title={person.name} leave={props.leave}>
      <p class="soft">
        {[w.roles[person.role], person.externalId, fill(w.person.since, { day: since })]
          .filter((text) => text !== undefined)
          .join(' · ')}
      </p>
      {!person.active && <p class="problem">{w.person.closed}</p>}
      {!mayAct && <p class="soft">{w.person.higher}</p>}
      <dl class="particulars">
        <dt>{w.person.userName}</dt>
        <dd>{person.userName ?? w.person.noUserName}</dd>
        <dt>{w.person.factors}</dt>
        <dd>{ways.length === 0 ? w.person.noFactors : ways.join(', ')}</dd>
        <dd class={missing.length === 0 ? 'soft' : 'wants'}>
          {missing.length === 0 ? w.person.complete : fill(w.person.wants, { what: missing.join(', ') })}
        </dd>
        <dd class="soft">{fill(w.person.sessions, { n: person.sessions })}</dd>
      </dl>
      <Locks {...props} mayAct={mayAct} />
      {mayAct && person.active && <Codes {...props} />}
      {mayAct && role !== 'operator' && <PersonEdit {...props} />}
      {role === 'admin' && <PersonBadges {...props} />}
      {role === 'admin' && <PersonRemove {...props} />}
    </Overlay>
  );
}

function Locks({ person, changed, mayAct }: PersonPanelProps & { readonly mayAct: boolean }) {
  const { s, w, send } = useStaff();
  const deed = useDeed();
  const [done, setDone] = useState(false);
  const unlock = async () => {
    if ((await deed.run(() => send('POST', `/api/v1/admin/people/${person.id}/unlock`))) === undefined) return;
    setDone(true);
    await changed();
  };
  return (
    <section>
      <h3>{w.person.locks}</h3>
      {person.locks.length === 0 && <p class="soft">{done ? w.person.unlocked : w.person.noLocks}</p>}
      <ul class="plain-list">
        {person.locks.map(({ factor, failures, waitMs, locked }) => (
          <li key={factor} class={locked || waitMs > 0 ? 'wants' : ''}>
            {fill(locked ? w.person.lockLocked : waitMs > 0 ? w.person.lockWait : w.person.lock, {
              factor: w.factors[factor],
              n: failures,
              time: duration(Math.ceil(waitMs / 60_000) * 60_000, s),
            })}
          </li>
        ))}
      </ul>
      <Problem text={deed.problem} />
      {mayAct && person.locks.length > 0 && (
        <p class="deeds">
          <button type="button" class="plain" disabled={deed.busy} onClick={() => void unlock()}>
            <Icon name="key" />
            {w.person.unlock}
          </button>
        </p>
      )}
    </section>
  );
}

/** An invitation for who never registered (administrators only), a reset code for who did. */
function Codes({ person, made }: PersonPanelProps) {
  const { w, role, send } = useStaff();
  const deed = useDeed();
  const [sure, setSure] = useState(false);
  const registered = person.factors.password;
  const kind = registered ? 'reset' : 'register';
  if (kind === 'register' && role !== 'admin') return null;
  const make = async () => {
    const done = await deed.run(() =>
      send<InvitationAnswer>('POST', `/api/v1/admin/people/${person.id}/invitation`, { kind }),
    );
    if (done !== undefined) made({ kind, name: person.name, invitation: done.value });
  };
  return (
    <section>
      {sure && <p>{fill(w.person.resetSure, { name: person.name })}</p>}
      <Problem text={deed.problem} />
      <p class="deeds">
        {kind === 'register' && (
          <button type="button" class="plain" disabled={deed.busy} onClick={() => void make()}>
            {w.person.invite}
          </button>
        )}
        {kind === 'reset' && !sure && (
          <button type="button" class="plain" onClick={() => setSure(true)}>
            {w.person.reset}
          </button>
        )}
        {kind === 'reset' && sure && (
          <button type="button" class="primary" disabled={deed.busy} onClick={() => void make()}>
            {w.person.resetYes}
          </button>
        )}
      </p>
    </section>
  );
}
