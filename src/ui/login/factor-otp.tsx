import { useEffect, useRef, useState } from 'preact/hooks';
import type { OtpChannel } from '../../domain/factor.js';
import type { OtpChoice, OtpView } from '../../http/contract-login.js';
import { Field } from '../parts/field.js';
import { Icon, type IconName } from '../parts/icon.js';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';
import { minutes, useSecondsLeft } from '../parts/use-seconds-left.js';
import { fill } from '../strings/language.js';
import { Said, useCanAnswer } from './said.js';
import type { AttemptControl } from './use-attempt.js';

const ICONS: Readonly<Record<OtpChannel, IconName>> = {
  sms: 'phone',
  voice: 'phone',
  whatsapp: 'phone',
  email: 'mail',
  totp: 'clock',
  recovery: 'key',
  screen: 'film',
};
/** Channels over which nothing is sent: the person has the code already. */
const AT_HAND: readonly OtpChannel[] = ['totp', 'recovery'];

/** The code that is asked for now; times and tries only where one was sent. */
type Asked = OtpChoice & Partial<NonNullable<OtpView['sent']>>;

/** The one-time code: choose how to get it, type it, send another one when the kiosk allows it. */
export function FactorOtp({ attempt }: { readonly attempt: AttemptControl }) {
  const { s } = usePage();
  const otp = attempt.view?.otp;
  const [choosing, setChoosing] = useState(false);
  // The kiosk names only codes that it sent; that somebody turned to one of his own is known here.
  const [own, setOwn] = useState<OtpChoice>();
  const begun = useRef(false);
  const only = otp?.choices.length === 1 ? otp.choices[0] : undefined;
  const first = otp?.choices[0]?.channel === 'totp' ? otp.choices[0] : only;
  const begin = otp !== undefined && otp.sent === undefined ? first : undefined;
  const ask = (choice: OtpChoice) => {
    setChoosing(false);
    setOwn(AT_HAND.includes(choice.channel) ? choice : undefined);
    if (choice.id !== otp?.sent?.id) attempt.send(choice.id);
  };
  useEffect(() => {
    // Where there is nothing to choose, or the first way costs no message, nobody has to press.
    if (begin === undefined || begun.current) return;
    begun.current = true;
    ask(begin);
  }, [begin?.id]);
  if (otp === undefined) return null;
  if (otp.choices.length === 0) return <Notice tone="bad">{s.login.otp.none}</Notice>;
  const asked: Asked | undefined = own ?? otp.sent;
  if (asked === undefined || choosing) {
    return (
      <div class="factor">
        <Said attempt={attempt} />
        <h2>{s.login.otp.how}</h2>
        <ul class="list">
          {otp.choices.map((choice) => (
            <li key={choice.id}>
              <button type="button" class="plain" disabled={attempt.busy} onClick={() => ask(choice)}>
                <Icon name={ICONS[choice.channel]} />
                {channelText(choice, s.login.otp.channels)}
              </button>
            </li>
          ))}
        </ul>
      </div>
    );
  }
  return (
    <CodeEntry
      key={asked.id}
      attempt={attempt}
      asked={asked}
      other={otp.choices.length > 1 ? () => setChoosing(true) : undefined}
    />
  );
}

function channelText(choice: OtpChoice, channels: Readonly<Record<OtpChannel, string>>): string {
  const name = channels[choice.channel];
  return choice.destination === undefined ? name : `${name} · ${choice.destination}`;
}

function CodeEntry(props: {
  readonly attempt: AttemptControl;
  readonly asked: Asked;
  readonly other: (() => void) | undefined;
}) {
  const { s } = usePage();
  const { attempt, asked, other } = props;
  const [code, setCode] = useState('');
  const lifeLeft = useSecondsLeft(attempt.at + (asked.expiresInMs ?? 0));
  const resendLeft = useSecondsLeft(attempt.at + (asked.resendInMs ?? 0));
  const o = s.login.otp;
  const atHand = AT_HAND.includes(asked.channel);
  const dead = !atHand && (lifeLeft === 0 || asked.triesLeft === 0);
  const can = useCanAnswer(attempt) && !dead;
  const recovery = asked.channel === 'recovery';
  const ready = can && code.trim().length >= 4;
  const where = asked.destination === undefined ? o.sent[asked.channel] : fill(o.sentTo, { to: asked.destination });
  return (
    <form
      class="factor"
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        attempt.answer({ kind: 'otp', code: code.trim() });
        setCode('');
      }}
    >
      <Said attempt={attempt} />
      {dead && attempt.view?.message === undefined && (
        <Notice tone="bad">{asked.triesLeft === 0 ? o.noTries : s.login.messages.codeExpired}</Notice>
      )}
      {asked.demoCode !== undefined && <Notice tone="warn">{fill(o.demo, { code: asked.demoCode })}</Notice>}
      <Field
        key={attempt.answers}
        label={where}
        value={code}
        change={(text) => setCode(recovery ? text : text.replace(/\D/g, ''))}
        keys={recovery ? 'text' : 'digits'}
        longest={recovery ? 32 : 10}
        remember="one-time-code"
        disabled={dead}
        large
        focus
      >
        <button type="submit" class="primary" disabled={!ready}>
          {s.login.next}
        </button>
      </Field>
      {asked.triesLeft !== undefined && (
        <div class="facts-line">
          {!dead && (
            <span class="timer">
              <Icon name="clock" />
              {fill(o.valid, { time: minutes(lifeLeft) })}
            </span>
          )}
          <span>{asked.triesLeft === 1 ? o.oneTry : fill(o.tries, { n: asked.triesLeft })}</span>
        </div>
      )}
      <div class="buttons">
        {!atHand && (
          <button
            type="button"
            class="plain"
            disabled={resendLeft > 0 || attempt.busy}
            onClick={() => attempt.send(asked.id)}
          >
            <Icon name="send" />
            {resendLeft > 0 ? fill(o.resendIn, { time: minutes(resendLeft) }) : o.resend}
          </button>
        )}
        {other !== undefined && (
          <button type="button" class="plain" onClick={other}>
            <Icon name="swap" />
            {o.other}
          </button>
        )}
      </div>
    </form>
  );
}
