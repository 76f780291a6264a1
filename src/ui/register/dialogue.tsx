import { useEffect, useState } from 'preact/hooks';
import type { WireError } from '../../http/contract.js';
import type { InvitationView, RegistrationRules } from '../../http/contract-login.js';
import { registrationRules } from '../daemon/registration.js';
import { endSession } from '../daemon/session.js';
import { Outcome } from '../login/outcome.js';
import { problemText } from '../login/problem-text.js';
import { Frame } from '../parts/frame.js';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';
import { AccountForm } from './account-form.js';
import { InvitationForm } from './invitation-form.js';
import { ResumeForm } from './resume-form.js';
import { SetUp } from './set-up.js';

type Step =
  | { readonly kind: 'account'; readonly invitation?: { readonly code: string; readonly view: InvitationView } }
  | { readonly kind: 'invitation' | 'resume' }
  | { readonly kind: 'setup' }
  | { readonly kind: 'done'; readonly complete: boolean };

/** Registration: who one is, then the factors; what was begun is taken up again by user name and password. */
export function RegisterDialogue(props: {
  /** Back to where nobody is signed in; absent where there is nothing to go back to. */
  readonly close?: () => void;
  /** Registered: on to the log-in. */
  readonly finished: () => void;
}) {
  const { s } = usePage();
  const [rules, setRules] = useState<RegistrationRules>();
  const [problem, setProblem] = useState<WireError>();
  const [step, setStep] = useState<Step>({ kind: 'account' });
  useEffect(() => {
    void registrationRules().then((reply) => {
      if (!reply.ok) return setProblem(reply.error);
      setRules(reply.value);
      if (!reply.value.open) setStep({ kind: 'invitation' });
    });
  }, []);
  /** Nothing of the newcomer stays here, whatever is left to do. */
  const leave = async () => {
    if (step.kind === 'setup') await endSession();
    props.close?.();
    if (props.close === undefined) setStep({ kind: rules?.open === false ? 'invitation' : 'account' });
  };
  const r = s.account.register;
  if (rules === undefined)
    return (
      <Frame title={r.title} leave={props.close && { text: s.login.cancel, go: props.close }}>
        {problem === undefined ? (
          <p class="wait">{s.login.wait}</p>
        ) : (
          <Notice tone="bad">{problemText(problem, s)}</Notice>
        )}
      </Frame>
    );
  if (step.kind === 'setup')
    return (
      <SetUp
        rules={rules}
        finished={async (complete) => {
          await endSession();
          setStep({ kind: 'done', complete });
        }}
        ended={() => setStep({ kind: 'resume' })}
      />
    );
  if (step.kind === 'done')
    return (
      <Frame title={r.title}>
        <Outcome
          good={step.complete}
          title={step.complete ? r.doneTitle : r.laterTitle}
          text={step.complete ? r.doneText : r.laterText}
          {...(step.complete && { closeText: s.login.entry.signIn })}
          close={props.finished}
        />
      </Frame>
    );
  const leaving = props.close === undefined ? undefined : { text: s.login.cancel, go: () => void leave() };
  const begun = () => setStep({ kind: 'setup' });
  return (
    <Frame
      title={step.kind === 'resume' ? r.resumeTitle : r.title}
      leave={leaving}
      foot={
        <>
          {step.kind !== 'invitation' && (
            <button type="button" class="plain" onClick={() => setStep({ kind: 'invitation' })}>
              {r.haveCode}
            </button>
          )}
          {step.kind !== 'resume' && (
            <button type="button" class="plain" onClick={() => setStep({ kind: 'resume' })}>
              {r.resume}
            </button>
          )}
          {step.kind !== 'account' && rules.open && (
            <button type="button" class="plain" onClick={() => setStep({ kind: 'account' })}>
              {r.withoutCode}
            </button>
          )}
        </>
      }
    >
      {step.kind === 'account' && (
        <AccountForm
          key={step.invitation?.code ?? ''}
          rules={rules}
          {...(step.invitation !== undefined && { invitation: step.invitation })}
          begun={begun}
        />
      )}
      {step.kind === 'invitation' && (
        <InvitationForm known={(code, view) => setStep({ kind: 'account', invitation: { code, view } })} />
      )}
      {step.kind === 'resume' && <ResumeForm begun={begun} />}
    </Frame>
  );
}
