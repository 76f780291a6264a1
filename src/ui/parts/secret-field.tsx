import type { ComponentProps } from 'preact';
import { useState } from 'preact/hooks';
import { Field } from './field.js';
import { Icon } from './icon.js';
import { usePage } from './page-context.js';

/** A field for a password or PIN that can be looked at while it is typed. */
export function SecretField(props: Omit<ComponentProps<typeof Field>, 'secret' | 'children'>) {
  const { s } = usePage();
  const [shown, setShown] = useState(false);
  return (
    <Field {...props} secret={!shown}>
      <button type="button" class="plain" aria-pressed={shown} onClick={() => setShown(!shown)}>
        <Icon name={shown ? 'eyeOff' : 'eye'} />
        {shown ? s.login.hide : s.login.show}
      </button>
    </Field>
  );
}
