import { useEffect, useState } from 'preact/hooks';
import type { WireError } from '../../http/contract.js';
import type { RegistrationRules } from '../../http/contract-login.js';
import type { Profile } from '../../http/contract-people.js';
import { profile } from '../daemon/own.js';
import { problemText } from '../login/problem-text.js';
import { type Part, PartDialogue } from '../own/part-dialogue.js';
import { useSession } from '../own/session-watch.js';
import { Frame } from '../parts/frame.js';
import { Icon } from '../parts/icon.js';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';

interface Row {
  readonly part: Part;
  readonly done: boolean;
  readonly required: boolean;
}

/** What there is to set up, in the order of the page: what is required first. */
function rowsOf({ factors, setup }: Profile, rules: RegistrationRules): readonly Row[] {
  const needs = (part: 'face' | 'otp' | 'pin') => setup.required.includes(part);
  const done = {
    totp: factors.totp,
    phone: factors.phone?.confirmed ?? false,
    email: factors.email?.confirmed ?? false,
    recovery: factors.recoveryCodesLeft > 0,
  };
  // Codes to be printed are for the day on which another way is lost.
  const first = rules.codes.find((one) => one !== 'recovery') ?? rules.codes[0];
  const isMissing = needs('otp') && !setup.done.includes('otp');
  const codes = (['totp', 'phone', 'email', 'recovery'] as const).filter((one) => rules.codes.includes(one));
  const rows: Row[] = [
    ...codes.map((part) => ({ part, done: done[part], required: isMissing && part === first })),
    { part: 'pin', done: factors.pin, required: needs('pin') },
    ...(rules.face === 'off' ? [] : [{ part: 'face' as const, done: factors.face, required: needs('face') }]),
  ];
  return rows.sort((a, b) => Number(b.required && !b.done) - Number(a.required && !a.done));
}

function offered(part: Part, texts: Readonly<Partial<Record<Part, string>>>): string {
  return texts[part] ?? '';
}

/** The second half of a registration: one factor after the other, what is not required may wait. */
export function SetUp(props: {
  readonly rules: RegistrationRules;
  readonly finished: (complete: boolean) => void;
  /** The session ended before all was done: it can be taken up again. */
  readonly ended: () => void;
}) {
  const { s } = usePage();
  const [known, setKnown] = useState<Profile>();
  const [problem, setProblem] = useState<WireError>();
  const [part, setPart] = useState<Part>();
  const [round, setRound] = useState(0);
  const watch = useSession();
  useEffect(() => {
    if (watch.ended) props.ended();
  }, [watch.ended]);
  useEffect(() => {
    void profile().then((reply) => (reply.ok ? setKnown(reply.value) : setProblem(reply.error)));
  }, [round]);
  const read = () => {
    setPart(undefined);
    setRound((n) => n + 1);
  };
  if (part !== undefined)
    return <PartDialogue part={part} rules={props.rules} done={read} close={() => setPart(undefined)} />;
  const a = s.account;
  const complete = known?.setup.complete ?? false;
  return (
    <Frame
      title={a.register.setupTitle}
      foot={
        <>
          <span class="grow">{complete ? a.register.complete : a.register.incomplete}</span>
          <button type="button" class={complete ? 'primary' : 'plain'} onClick={() => props.finished(complete)}>
            {complete ? s.enrol.finish : a.register.later}
          </button>
        </>
      }
    >
      {problem !== undefined && <Notice tone="bad">{problemText(problem, s)}</Notice>}
      {known !== undefined && (
        <ul class="rows">
          {rowsOf(known, props.rules).map((row) => (
            <li key={row.part}>
              <Icon name={row.done ? 'tick' : row.required ? 'alert' : 'info'} tone={row.done ? 'good' : ''} />
              <div>
                <strong>{a.parts[row.part]}</strong>
                <small>{row.done ? a.isSet : row.required ? a.required : offered(row.part, a.offered)}</small>
              </div>
              {!row.done && (
                <button type="button" class={row.required ? 'primary' : 'plain'} onClick={() => setPart(row.part)}>
                  {a.setUp}
                  <span class="hidden">{a.parts[row.part]}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Frame>
  );
}
