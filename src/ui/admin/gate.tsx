import { useState } from 'preact/hooks';
import { Icon } from '../parts/icon.js';
import type { Strings } from '../strings/table.js';

/** Why a code was not taken; `wait`: too many wrong ones came before it. */
export type GateFault = 'wrong' | 'wait';

/** Asks for the admin code. */
export function Gate(props: {
  readonly s: Strings;
  readonly fault: GateFault | undefined;
  readonly enter: (code: string) => void;
}) {
  const { s, fault, enter } = props;
  const text = { wrong: s.admin.codeWrong, wait: s.admin.codeWait };
  const [code, setCode] = useState('');
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
        <label class="field">
          {s.admin.code}
          <input
            type="password"
            autocomplete="off"
            value={code}
            aria-invalid={fault !== undefined}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
          <small class={fault ? 'wrong' : ''} role={fault ? 'alert' : undefined}>
            {fault && <Icon name="alert" />}
            {fault ? text[fault] : s.admin.codeHint}
          </small>
        </label>
        <button type="submit" class="primary">
          {s.admin.enter}
        </button>
      </form>
    </div>
  );
}
