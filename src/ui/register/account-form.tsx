import { useState } from 'preact/hooks';
import type { InvitationView, RegistrationRules } from '../../http/contract-login.js';
import { register } from '../daemon/registration.js';
import { nameFault } from '../enrol/name-field.js';
import { mayBePassword, userNameFault } from '../own/field-faults.js';
import { Form } from '../own/form.js';
import { NewPassword } from '../own/forms.js';
import { useForm } from '../own/use-form.js';
import { Field } from '../parts/field.js';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';
import { fill } from '../strings/language.js';

/** Name, user name and password of a newcomer; with a reset code only a new password. */
export function AccountForm(props: {
  readonly rules: RegistrationRules;
  readonly invitation?: { readonly code: string; readonly view: InvitationView };
  readonly begun: () => void;
}) {
  const { s, language } = usePage();
  const { rules, invitation } = props;
  const form = useForm();
  const [name, setName] = useState(invitation?.view.name ?? '');
  const [userName, setUserName] = useState(invitation?.view.userName ?? '');
  const [password, setPassword] = useState('');
  const r = s.account.register;
  const reset = invitation?.view.kind === 'reset';
  const named = invitation?.view.name !== undefined;
  const wrongName = name === '' || named ? undefined : nameFault(name, s);
  const wrongUser = userNameFault(userName, s);
  const names = [userName, name];
  const ready =
    (named || (name !== '' && wrongName === undefined)) &&
    userName.trim() !== '' &&
    wrongUser === undefined &&
    mayBePassword(password, rules.password, names);
  return (
    <Form
      {...form}
      ready={ready}
      text={s.login.next}
      send={async () => {
        const sent = await form.send(() =>
          register({
            ...(named ? {} : { name }),
            userName: userName.trim(),
            password,
            language,
            ...(invitation !== undefined && { invitation: invitation.code }),
          }),
        );
        if (sent === undefined) return;
        setPassword('');
        props.begun();
      }}
    >
      {invitation !== undefined && (
        <Notice tone="good">
          {fill(reset ? r.resetFor : r.invited, { name: invitation.view.name ?? invitation.view.userName ?? '' })}
        </Notice>
      )}
      {!named && (
        <Field
          label={s.enrol.name}
          value={name}
          change={setName}
          fault={wrongName}
          note={s.enrol.nameHint}
          remember="name"
          focus
        />
      )}
      <Field
        label={s.login.userName}
        value={userName}
        change={setUserName}
        longest={64}
        fault={wrongUser}
        note={r.userNameHint}
        disabled={reset && invitation?.view.userName !== undefined}
        remember="username"
        focus={named}
      />
      <NewPassword value={password} change={setPassword} rules={rules.password} names={names} />
    </Form>
  );
}
