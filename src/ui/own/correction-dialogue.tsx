import { useState } from 'preact/hooks';
import type { Direction } from '../../domain/attendance.js';
import type { OwnTimes } from '../../http/contract-people.js';
import { requestCorrection } from '../daemon/own.js';
import { Field } from '../parts/field.js';
import { Frame } from '../parts/frame.js';
import { usePage } from '../parts/page-context.js';
import { clockTime, fill } from '../strings/language.js';
import { Form } from './form.js';
import { useForm } from './use-form.js';
import { dayName, nextDay, offsetAt, today, typeName } from './words.js';

type Punch = OwnTimes['days'][number]['punches'][number];
/** What is to be corrected: an entry that is missing, or one that is wrong. */
export type CorrectionOf =
  | { readonly kind: 'missing' }
  | { readonly kind: 'wrong'; readonly punch: Punch; readonly day: string };

/** Digits as they are typed, shown as HH:MM. */
function asTime(text: string): string {
  const digits = text.replace(/\D/g, '').slice(0, 4);
  return digits.length <= 2 ? digits : `${digits.slice(0, 2)}:${digits.slice(2)}`;
}

/** Asks for a correction. Nothing changes before somebody else has approved it. */
export function CorrectionDialogue(props: {
  readonly of: CorrectionOf;
  readonly times: OwnTimes;
  readonly done: () => void;
  readonly close: () => void;
}) {
  const { s, zone } = usePage();
  const { of, times } = props;
  const form = useForm();
  const wrong = of.kind === 'wrong' ? of.punch : undefined;
  const [remove, setRemove] = useState(false);
  const [direction, setDirection] = useState<Direction>(wrong?.type === 'check_out' ? 'check_out' : 'check_in');
  const [day, setDay] = useState(
    of.kind === 'wrong' ? of.day : (times.days.at(-1)?.day ?? [times.to, today(zone)].sort()[0]!),
  );
  const [time, setTime] = useState(wrong === undefined ? '' : clockTime(wrong.at));
  const [reason, setReason] = useState('');
  const c = s.account.correction;
  const right = /^([01]\d|2[0-3]):[0-5]\d$/.test(time);
  const days: string[] = [];
  const last = [times.to, today(zone)].sort()[0]!;
  for (let one = times.from; one <= last && days.length < 31; one = nextDay(one)) days.push(one);
  return (
    <Frame title={c.title} leave={{ text: s.login.cancel, go: props.close }}>
      <Form
        {...form}
        ready={reason.trim() !== '' && (remove || right)}
        text={c.send}
        send={async () => {
          const sent = await form.send(() =>
            requestCorrection({
              ...(wrong !== undefined && { eventId: wrong.id }),
              ...(remove ? {} : { direction, at: `${day}T${time}:00${offsetAt(day, time, zone)}` }),
              reason: reason.trim(),
            }),
          );
          if (sent !== undefined) props.done();
        }}
      >
        {wrong !== undefined && (
          <div class="buttons">
            <span class="grow">{fill(c.of, { what: `${typeName(wrong.type, s)} ${clockTime(wrong.at)}` })}</span>
            <button type="button" class="plain" aria-pressed={!remove} onClick={() => setRemove(false)}>
              {c.change}
            </button>
            <button type="button" class="plain" aria-pressed={remove} onClick={() => setRemove(true)}>
              {c.remove}
            </button>
          </div>
        )}
        {!remove && (
          <>
            <div class="buttons">
              {(['check_in', 'check_out'] as const).map((one) => (
                <button
                  key={one}
                  type="button"
                  class="plain"
                  aria-pressed={direction === one}
                  onClick={() => setDirection(one)}
                >
                  {s.directions[one]}
                </button>
              ))}
              <label class="select">
                <span class="hidden">{c.day}</span>
                <select value={day} onChange={(event) => setDay(event.currentTarget.value)}>
                  {days.map((one) => (
                    <option key={one} value={one}>
                      {dayName(one, s)}
                    </option>
                  ))}
                </select>
              </label>
            </div>
            <Field
              label={c.time}
              value={time}
              change={(text) => setTime(asTime(text))}
              keys="digits"
              longest={5}
              focus
            />
          </>
        )}
        <Field label={c.reason} value={reason} change={setReason} longest={200} note={c.reasonHint} focus={remove} />
      </Form>
    </Frame>
  );
}
