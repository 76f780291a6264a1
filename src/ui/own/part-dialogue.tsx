import type { ComponentChildren } from 'preact';
import type { RegistrationRules } from '../../http/contract-login.js';
import { Frame } from '../parts/frame.js';
import { usePage } from '../parts/page-context.js';
import { FaceForm } from './face-form.js';
import { BadgeForm, ContactForm, PasswordForm, PinForm, RecoveryForm, TotpForm } from './forms.js';
import { PoseForm } from './pose-form.js';

export type Part = 'password' | 'pin' | 'totp' | 'phone' | 'email' | 'recovery' | 'badge' | 'face' | 'pose';

/** One factor set up or changed, in a dialogue of its own. */
export function PartDialogue(props: {
  readonly part: Part;
  readonly rules: RegistrationRules;
  /** The live picture, where this page may show it. */
  readonly live?: ComponentChildren | undefined;
  readonly done: () => void;
  readonly close: () => void;
}) {
  const { s } = usePage();
  const { part, rules, done } = props;
  return (
    <Frame title={s.account.parts[part]} leave={{ text: s.login.cancel, go: props.close }}>
      {part === 'password' && <PasswordForm done={done} rules={rules.password} />}
      {part === 'pin' && <PinForm done={done} rules={rules.pin} />}
      {part === 'totp' && <TotpForm done={done} />}
      {(part === 'phone' || part === 'email') && <ContactForm kind={part} done={done} />}
      {part === 'recovery' && <RecoveryForm done={done} />}
      {part === 'badge' && <BadgeForm done={done} />}
      {part === 'face' && <FaceForm done={done} />}
      {part === 'pose' && <PoseForm done={done} live={props.live} />}
    </Frame>
  );
}
