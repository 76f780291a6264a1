import { useState } from 'preact/hooks';
import { Field } from '../parts/field.js';
import { usePage } from '../parts/page-context.js';
import { SecretField } from '../parts/secret-field.js';
import { Said, useCanAnswer } from './said.js';
import type { AttemptControl } from './use-attempt.js';

/** Password or PIN. What was typed is gone from the page as soon as it is sent. */
export function FactorSecret({
  kind,
  attempt,
}: {
  readonly kind: 'password' | 'pin';
  readonly attempt: AttemptControl;
}) {
  const { s, place } = usePage();
  const [value, setValue] = useState('');
  const can = useCanAnswer(attempt);
  const userName = attempt.view?.userName;
  const ready = can && (kind === 'password' ? value !== '' : /^\d{4,12}$/.test(value));
  return (
    <form
      class="factor"
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        attempt.answer(kind === 'password' ? { kind, password: value } : { kind, pin: value });
        setValue('');
      }}
    >
      <Said attempt={attempt} />
      {kind === 'password' ? (
        <>
          {/* A browser's password store looks for the name that belongs to the password. */}
          {place === 'remote' && (
            <input class="hidden" autocomplete="username" value={userName ?? ''} tabIndex={-1} readOnly />
          )}
          <SecretField
            key={attempt.answers}
            label={userName === undefined ? s.login.password : `${s.login.password} · ${userName}`}
            value={value}
            change={setValue}
            longest={1024}
            remember="current-password"
            focus
          />
        </>
      ) : (
        <Field
          key={attempt.answers}
          label={userName === undefined ? s.login.pin : `${s.login.pin} · ${userName}`}
          value={value}
          change={(text) => setValue(text.replace(/\D/g, ''))}
          keys="digits"
          longest={12}
          secret
          large
          focus
        />
      )}
      <button type="submit" class="primary" disabled={!ready}>
        {s.login.next}
      </button>
    </form>
  );
}
