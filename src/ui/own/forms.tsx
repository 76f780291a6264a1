import { useEffect, useState } from 'preact/hooks';
import type { RegistrationRules } from '../../http/contract-login.js';
import type { TotpBegun } from '../../http/contract-people.js';
import * as own from '../daemon/own.js';
import { listenForBadge } from '../parts/badge-wedge.js';
import { Field } from '../parts/field.js';
import { usePage } from '../parts/page-context.js';
import { QrCode } from '../parts/qr-code.js';
import { SecretField } from '../parts/secret-field.js';
import { fill } from '../strings/language.js';
import { contactFault, isContact, mayBePassword, passwordFault, passwordLength, pinFault } from './field-faults.js';
import { Form } from './form.js';
import { useForm } from './use-form.js';

export interface FormProps {
  /** It is done; the page reads anew what there is. */
  readonly done: () => void;
}

/** Another password; the present one is asked for as well. */
export function PasswordForm({ done, rules }: FormProps & { readonly rules: RegistrationRules['password'] }) {
  const { s } = usePage();
  const form = useForm();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  return (
    <Form
      {...form}
      ready={current !== '' && mayBePassword(next, rules)}
      send={async () => {
        const sent = await form.send(() => own.changePassword(current, next));
        setCurrent('');
        if (sent === undefined) return;
        setNext('');
        done();
      }}
    >
      <SecretField
        label={s.account.currentPassword}
        value={current}
        change={setCurrent}
        longest={1024}
        remember="current-password"
        focus
      />
      <NewPassword value={next} change={setNext} rules={rules} />
    </Form>
  );
}

/** A new password with what is asked of it, said while it is typed. */
export function NewPassword(props: {
  readonly value: string;
  readonly change: (value: string) => void;
  readonly rules: RegistrationRules['password'];
  /** Of the person, as far as they were typed: a password is more than a name. */
  readonly names?: readonly string[];
  readonly focus?: boolean;
}) {
  const { s } = usePage();
  const { value, rules } = props;
  const length = passwordLength(value);
  const fault = passwordFault(value, rules, props.names);
  const short = length > 0 && length < rules.least;
  const note =
    length >= rules.least && length < rules.leastAlone
      ? s.account.passwordFair
      : fill(s.account.passwordHint, { n: rules.least });
  return (
    <SecretField
      label={s.account.newPassword}
      value={value}
      change={props.change}
      longest={rules.longest + 1}
      remember="new-password"
      fault={fault && s.account.secretFaults[fault]}
      note={
        length >= rules.leastAlone
          ? s.account.passwordGood
          : short
            ? fill(s.account.passwordShort, { n: rules.least - length })
            : note
      }
      focus={props.focus ?? false}
    />
  );
}

export function PinForm({ done, rules }: FormProps & { readonly rules: RegistrationRules['pin'] }) {
  const { s } = usePage();
  const form = useForm();
  const [pin, setPin] = useState('');
  const fault = pinFault(pin, rules);
  return (
    <Form
      {...form}
      ready={pin.length >= rules.least && fault === undefined}
      send={async () => {
        if ((await form.send(() => own.changePin(pin))) !== undefined) done();
        setPin('');
      }}
    >
      <SecretField
        label={s.login.pin}
        value={pin}
        change={(text) => setPin(text.replace(/\D/g, ''))}
        keys="digits"
        longest={rules.longest}
        fault={fault && s.account.secretFaults[fault]}
        note={fill(s.account.pinHint, { n: rules.least })}
        large
        focus
      />
    </Form>
  );
}

/** The authenticator: the secret as a QR code and in letters; in force once a code of it was right. */
export function TotpForm({ done }: FormProps) {
  const { s } = usePage();
  const form = useForm();
  const [begun, setBegun] = useState<TotpBegun>();
  const [code, setCode] = useState('');
  useEffect(() => {
    void form.send(own.beginTotp).then((sent) => setBegun(sent?.value));
  }, []);
  if (begun === undefined)
    return (
      <Form
        {...form}
        ready={form.problem !== undefined}
        text={s.login.again}
        send={async () => setBegun((await form.send(own.beginTotp))?.value)}
      >
        {form.problem === undefined && <p class="wait">{s.login.wait}</p>}
      </Form>
    );
  return (
    <div class="totp">
      <QrCode text={begun.uri} label={s.account.totpQr} />
      <Form
        {...form}
        ready={/^\d{6,8}$/.test(code)}
        text={s.account.confirm}
        send={async () => {
          const sent = await form.send(() => own.confirmTotp(code));
          setCode('');
          if (sent !== undefined) done();
        }}
      >
        <p>{s.account.totpText}</p>
        <p class="secret-text">{begun.secret.replace(/(.{4})(?=.)/g, '$1 ')}</p>
        <Field
          label={s.account.totpCode}
          value={code}
          change={(text) => setCode(text.replace(/\D/g, ''))}
          keys="digits"
          longest={8}
          focus
        />
      </Form>
    </div>
  );
}

/** A telephone number or address; codes go there once one that was sent there came back. */
export function ContactForm({ kind, done }: FormProps & { readonly kind: own.Contact }) {
  const { s } = usePage();
  const form = useForm();
  const [destination, setDestination] = useState('');
  const [sentTo, setSentTo] = useState<string>();
  const [code, setCode] = useState('');
  if (sentTo === undefined)
    return (
      <Form
        {...form}
        ready={isContact(kind, destination, s)}
        text={s.account.sendCode}
        send={async () => {
          const sent = await form.send(() => own.beginContact(kind, destination.trim()));
          if (sent === undefined) return;
          setDestination('');
          setSentTo(sent.value.destination);
        }}
      >
        <Field
          key={kind}
          label={kind === 'phone' ? s.account.phone : s.account.email}
          value={destination}
          change={setDestination}
          longest={254}
          fault={contactFault(kind, destination, s)}
          note={kind === 'phone' ? s.account.phoneHint : s.account.emailHint}
          remember={kind === 'phone' ? 'tel' : 'email'}
          focus
        />
      </Form>
    );
  return (
    <Form
      {...form}
      ready={code.trim().length >= 4}
      text={s.account.confirm}
      send={async () => {
        const sent = await form.send(() => own.confirmContact(kind, code.trim()));
        setCode('');
        if (sent !== undefined) done();
      }}
    >
      <Field
        key="code"
        label={fill(s.login.otp.sentTo, { to: sentTo })}
        value={code}
        change={setCode}
        keys="digits"
        longest={10}
        remember="one-time-code"
        large
        focus
      />
      <button type="button" class="plain" onClick={() => setSentTo(undefined)}>
        {s.account.otherDestination}
      </button>
    </Form>
  );
}

/** New recovery codes, shown this once. */
export function RecoveryForm({ done }: FormProps) {
  const { s } = usePage();
  const form = useForm();
  const [codes, setCodes] = useState<readonly string[]>();
  if (codes === undefined)
    return (
      <Form
        {...form}
        ready
        text={s.account.recoveryMake}
        send={async () => setCodes((await form.send(own.newRecoveryCodes))?.value.codes)}
      >
        <p>{s.account.recoveryText}</p>
      </Form>
    );
  return (
    <Form busy={false} problem={undefined} ready text={s.account.recoveryKept} send={done}>
      <p>{s.account.recoveryOnce}</p>
      <ul class="codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </Form>
  );
}

/** One more badge: read by a reader that types, or its number typed. */
export function BadgeForm({ done }: FormProps) {
  const { s } = usePage();
  const form = useForm();
  const [badge, setBadge] = useState('');
  const [label, setLabel] = useState('');
  useEffect(() => listenForBadge(setBadge), []);
  return (
    <Form
      {...form}
      ready={/^[\x21-\x7e]{3,128}$/.test(badge.trim()) && label.trim() !== ''}
      send={async () => {
        if ((await form.send(() => own.addBadge(badge.trim(), label.trim()))) !== undefined) done();
      }}
    >
      <Field
        label={s.login.badgeNumber}
        value={badge}
        change={setBadge}
        longest={128}
        note={s.account.badgeHint}
        badge
        focus
      />
      <Field label={s.account.badgeLabel} value={label} change={setLabel} longest={40} />
    </Form>
  );
}
