import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { listenForBadge } from '../parts/badge-wedge.js';
import { Field } from '../parts/field.js';
import { usePage } from '../parts/page-context.js';
import { Said, useCanAnswer } from './said.js';
import type { AttemptControl } from './use-attempt.js';

/** The badge: read by a reader that types, held to the camera, or its number typed. */
export function FactorBadge({
  attempt,
  live,
}: {
  readonly attempt: AttemptControl;
  readonly live?: ComponentChildren;
}) {
  const { s, place } = usePage();
  const [value, setValue] = useState('');
  const can = useCanAnswer(attempt);
  const answer = (badge: string) => {
    if (can) attempt.answer({ kind: 'badge', badge });
    setValue('');
  };
  useEffect(() => listenForBadge(answer), [can]);
  return (
    <div class={`ask-who ${live === undefined ? '' : 'with-live'}`}>
      {live !== undefined && <div class="small-live">{live}</div>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (value.trim() !== '') answer(value.trim());
        }}
      >
        <Said attempt={attempt} />
        <Field
          label={s.login.badgeNumber}
          value={value}
          change={setValue}
          longest={128}
          note={place === 'kiosk' ? (live === undefined ? s.login.hints.reader : s.login.hints.badge) : undefined}
          badge
          focus
        >
          <button type="submit" class="primary" disabled={!can || value.trim() === ''}>
            {s.login.next}
          </button>
        </Field>
      </form>
    </div>
  );
}
