import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { AttemptView } from '../../http/contract-login.js';
import { listenForBadge } from '../parts/badge-wedge.js';
import { Field } from '../parts/field.js';
import { usePage } from '../parts/page-context.js';
import { Said } from './said.js';
import type { AttemptControl } from './use-attempt.js';

/** A field that was begun is kept for its writer for so long after the last key. */
const TYPING_MS = 6000;

/** Says who one is: by name, by badge (reader, camera or typed), or by just standing there. */
export function Identify(props: {
  readonly attempt: AttemptControl;
  /** Somebody types: what the camera finds meanwhile must not take the field from under his fingers. */
  readonly typing: (is: boolean) => void;
  readonly by: 'name' | 'badge';
  /** What the attempt offered when it asked who somebody is. */
  readonly ways: AttemptView['identifyBy'];
  readonly live?: ComponentChildren;
}) {
  const { s, place } = usePage();
  const { attempt, by, ways, live } = props;
  const [value, setValue] = useState('');
  const read = (badge: string) => attempt.identify({ badge });
  useEffect(() => (ways.includes('badge') ? listenForBadge(read) : undefined), [ways.includes('badge'), attempt.busy]);

  useEffect(() => {
    props.typing(value !== '');
    if (value === '') return;
    const timer = window.setTimeout(() => props.typing(false), TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [value]);

  const send = () => {
    const text = value.trim();
    if (text === '' || attempt.busy) return;
    setValue('');
    attempt.identify(by === 'name' ? { userName: text } : { badge: text });
  };
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
          note={place === 'kiosk' ? hint(ways, s.login.hints, live !== undefined) : undefined}
          focus
        >
          <button type="submit" class="primary" disabled={value.trim() === '' || attempt.busy}>
            {s.login.next}
          </button>
        </Field>
      </form>
    </div>
  );
}

function hint(
  ways: readonly string[],
  hints: { readonly both: string; readonly badge: string; readonly reader: string; readonly face: string },
  hasCamera: boolean,
): string | undefined {
  if (!hasCamera) return ways.includes('badge') ? hints.reader : undefined;
  if (ways.includes('face')) return ways.includes('badge') ? hints.both : hints.face;
  return ways.includes('badge') ? hints.badge : undefined;
}
