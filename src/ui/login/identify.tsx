import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { listenForBadge } from '../parts/badge-wedge.js';
import { Field } from '../parts/field.js';
import { Icon } from '../parts/icon.js';
import { usePage } from '../parts/page-context.js';
import { Said } from './said.js';
import type { AttemptControl } from './use-attempt.js';

/** Says who one is: by name, by badge (reader, camera or typed), or by just standing there. */
export function Identify(props: {
  readonly attempt: AttemptControl;
  readonly live?: ComponentChildren;
  /** More to press, for example the registration. */
  readonly children?: ComponentChildren;
}) {
  const { s, place } = usePage();
  const { attempt, live } = props;
  const ways = attempt.view?.identifyBy ?? [];
  const [by, setBy] = useState<'name' | 'badge'>(ways.includes('name') ? 'name' : 'badge');
  const [value, setValue] = useState('');
  const read = (badge: string) => attempt.identify({ badge });
  useEffect(() => (ways.includes('badge') ? listenForBadge(read) : undefined), [ways.includes('badge'), attempt.busy]);

  const send = () => {
    const text = value.trim();
    if (text === '' || attempt.busy) return;
    setValue('');
    attempt.identify(by === 'name' ? { userName: text } : { badge: text });
  };
  const other = by === 'name' ? 'badge' : 'name';
  return (
    <div class={`ask-who ${live === undefined ? '' : 'with-live'}`}>
      {live !== undefined && (ways.includes('face') || ways.includes('badge')) && <div class="small-live">{live}</div>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Said attempt={attempt} />
        <Field
          key={by}
          label={by === 'name' ? s.login.userName : s.login.badgeNumber}
          value={value}
          change={setValue}
          longest={by === 'name' ? 64 : 128}
          badge={ways.includes('badge')}
          remember="username"
          note={place === 'kiosk' ? hint(ways, s.login.hints) : undefined}
          focus
        >
          <button type="submit" class="primary" disabled={value.trim() === '' || attempt.busy}>
            {s.login.next}
          </button>
        </Field>
        <div class="buttons">
          {ways.includes('name') && ways.includes('badge') && (
            <button
              type="button"
              class="plain"
              onClick={() => {
                setBy(other);
                setValue('');
              }}
            >
              <Icon name={other === 'badge' ? 'badge' : 'one'} />
              {other === 'badge' ? s.login.byBadge : s.login.byName}
            </button>
          )}
          {props.children}
        </div>
      </form>
    </div>
  );
}

function hint(
  ways: readonly string[],
  hints: { readonly both: string; readonly badge: string; readonly face: string },
): string | undefined {
  if (ways.includes('face')) return ways.includes('badge') ? hints.both : hints.face;
  return ways.includes('badge') ? hints.badge : undefined;
}
