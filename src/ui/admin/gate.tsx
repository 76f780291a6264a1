import { useState } from 'preact/hooks';
import { Icon } from '../parts/icon.js';
import type { Strings } from '../strings/table.js';

/** Asks for the admin code. */
export function Gate(props: { readonly s: Strings; readonly wrong: boolean; readonly enter: (code: string) => void }) {
  const { s, wrong, enter } = props;
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
            aria-invalid={wrong}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
          <small class={wrong ? 'wrong' : ''} role={wrong ? 'alert' : undefined}>
            {wrong && <Icon name="alert" />}
            {wrong ? s.admin.codeWrong : s.admin.codeHint}
          </small>
        </label>
        <button type="submit" class="primary">
          {s.admin.enter}
        </button>
      </form>
    </div>
  );
}
