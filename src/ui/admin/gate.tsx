import { useState } from 'preact/hooks';
import { Icon } from '../parts/icon.js';
import { usePage } from '../parts/page-context.js';
import { TouchKeyboard } from '../parts/touch-keyboard.js';
import type { StaffWords } from '../strings/staff.js';
import type { Strings } from '../strings/table.js';

/**
 * Why somebody has to sign in: the code was not taken (`wait`: too many wrong ones came before it), the session ended,
 * or it belongs to somebody without a role.
 */
export type GateFault = 'wrong' | 'wait' | 'ended' | 'notStaff';

/** Sign in by name at the login terminal, or with the admin code. */
export function Gate(props: {
  readonly s: Strings;
  readonly w: StaffWords;
  readonly fault: GateFault | undefined;
  readonly enter: (code: string) => void;
}) {
  const { s, w, fault, enter } = props;
  const { place } = usePage();
  const text = { wrong: s.admin.codeWrong, wait: s.admin.codeWait };
  const [code, setCode] = useState('');
  const codeFault = fault === 'wrong' || fault === 'wait' ? fault : undefined;
  return (
    <div class="gate">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          if (code.trim() !== '') enter(code.trim());
        }}
      >
        <h1>{s.admin.title}</h1>
        {(fault === 'ended' || fault === 'notStaff') && (
          <p class="problem" role="alert">
            {w[fault]}
          </p>
        )}
        <a class="button primary" href="/login?purpose=admin">
          {w.signIn}
        </a>
        <small>{w.signInHint}</small>
        {place === 'kiosk' && (
          <>
            <hr />
            <small>{w.orCode}</small>
            <label class="field">
              {s.admin.code}
              <input
                type="password"
                autocomplete="off"
                data-keys="text"
                inputMode={place === 'kiosk' ? 'none' : 'text'}
                value={code}
                aria-invalid={codeFault !== undefined}
                onInput={(event) => setCode(event.currentTarget.value)}
              />
              <small class={codeFault ? 'wrong' : ''} role={codeFault ? 'alert' : undefined}>
                {codeFault && <Icon name="alert" />}
                {codeFault ? text[codeFault] : s.admin.codeHint}
              </small>
            </label>
            <button type="submit" class="plain">
              {s.admin.enter}
            </button>
          </>
        )}
      </form>
      <TouchKeyboard />
    </div>
  );
}
