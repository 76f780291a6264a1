import { useState } from 'preact/hooks';
import type { InvitationView } from '../../http/contract-login.js';
import { lookAtInvitation } from '../daemon/registration.js';
import { Form } from '../own/form.js';
import { useForm } from '../own/use-form.js';
import { Field } from '../parts/field.js';
import { usePage } from '../parts/page-context.js';

/** The code that an administrator gave: it says who may register, or whose password is set anew. */
export function InvitationForm({ known }: { readonly known: (code: string, view: InvitationView) => void }) {
  const { s } = usePage();
  const form = useForm();
  const [typed, setTyped] = useState('');
  const code = typed.trim();
  return (
    <Form
      {...form}
      ready={/^[0-9A-Za-z-]{4,32}$/.test(code)}
      text={s.login.next}
      send={async () => {
        const sent = await form.send(() => lookAtInvitation(code));
        if (sent !== undefined) known(code, sent.value);
      }}
    >
      <Field
        label={s.account.register.code}
        value={typed}
        change={(text) => setTyped(text.toUpperCase())}
        longest={32}
        note={s.account.register.codeHint}
        large
        focus
      />
    </Form>
  );
}
