import { useState } from 'preact/hooks';
import { resumeRegistration } from '../daemon/registration.js';
import { Form } from '../own/form.js';
import { useForm } from '../own/use-form.js';
import { Field } from '../parts/field.js';
import { usePage } from '../parts/page-context.js';
import { SecretField } from '../parts/secret-field.js';

/** Takes up a registration that was not finished. */
export function ResumeForm({ begun }: { readonly begun: () => void }) {
  const { s } = usePage();
  const form = useForm();
  const [userName, setUserName] = useState('');
  const [password, setPassword] = useState('');
  return (
    <Form
      {...form}
      ready={userName.trim() !== '' && password !== ''}
      text={s.login.next}
      send={async () => {
        const sent = await form.send(() => resumeRegistration({ userName: userName.trim(), password }));
        setPassword('');
        if (sent !== undefined) begun();
      }}
    >
      <Field label={s.login.userName} value={userName} change={setUserName} longest={64} remember="username" focus />
      <SecretField
        label={s.login.password}
        value={password}
        change={setPassword}
        longest={1024}
        remember="current-password"
      />
    </Form>
  );
}
