import { useEffect, useState } from 'preact/hooks';
import type { WireError } from '../../http/contract.js';
import type { OwnTimes } from '../../http/contract-people.js';
import { times } from '../daemon/own.js';
import { problemText } from '../login/problem-text.js';
import { Icon } from '../parts/icon.js';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';
import { clockTime, duration } from '../strings/language.js';
import { CorrectionDialogue, type CorrectionOf } from './correction-dialogue.js';
import { dayBefore, dayName, nextDay, typeName } from './words.js';

type Range = 'week' | 'month';

/** Own times of a week or month: hours, days, punches; each can be said to be wrong. */
export function Times() {
  const { s } = usePage();
  const [range, setRange] = useState<Range>('week');
  const [day, setDay] = useState<string>();
  const [shown, setShown] = useState<OwnTimes>();
  const [problem, setProblem] = useState<WireError>();
  const [wrong, setWrong] = useState<CorrectionOf>();
  const [sent, setSent] = useState(false);
  useEffect(() => {
    let over = false;
    void times(range, day).then((reply) => {
      if (over) return;
      setProblem(reply.ok ? undefined : reply.error);
      if (reply.ok) setShown(reply.value);
    });
    return () => {
      over = true;
    };
  }, [range, day]);
  const o = s.account.own;
  if (wrong !== undefined && shown !== undefined)
    return (
      <CorrectionDialogue
        of={wrong}
        times={shown}
        close={() => setWrong(undefined)}
        done={() => {
          setWrong(undefined);
          setSent(true);
        }}
      />
    );
  const punches = shown?.days.some(({ punches }) => punches.length > 0) ?? false;
  return (
    <>
      {problem !== undefined && <Notice tone="bad">{problemText(problem, s)}</Notice>}
      {sent && <Notice tone="good">{o.correctionSent}</Notice>}
      <div class="range">
        <button
          type="button"
          class="plain"
          aria-label={o.earlier}
          disabled={shown === undefined}
          onClick={() => shown && setDay(dayBefore(shown.from))}
        >
          <Icon name="left" />
        </button>
        {(['week', 'month'] as const).map((name) => (
          <button key={name} type="button" class="plain" aria-pressed={range === name} onClick={() => setRange(name)}>
            {o[name]}
          </button>
        ))}
        <button
          type="button"
          class="plain"
          aria-label={o.later}
          disabled={shown === undefined || day === undefined}
          onClick={() => shown && setDay(nextDay(shown.to))}
        >
          <Icon name="right" />
        </button>
        <button
          type="button"
          class="plain"
          onClick={() => setWrong({ kind: 'missing' })}
          disabled={shown === undefined}
        >
          {o.missing}
        </button>
      </div>
      {shown !== undefined && (
        <>
          <p class="total">
            <span>
              {dayName(shown.from, s)} – {dayName(shown.to, s)}
            </span>
            <strong>{duration(shown.workedMs, s)}</strong>
            {shown.present && <span class="tag good">{s.admin.present}</span>}
          </p>
          {!punches && <p>{o.nothing}</p>}
          <ul class="days">
            {shown.days
              .filter(({ punches }) => punches.length > 0)
              .toReversed()
              .map((one) => (
                <li key={one.day}>
                  <div class="day-head">
                    <strong>{dayName(one.day, s)}</strong>
                    <span>{duration(one.workedMs, s)}</span>
                  </div>
                  <div class="punches">
                    {one.punches.map((punch) => (
                      <button
                        key={punch.id}
                        type="button"
                        class="plain"
                        aria-label={`${typeName(punch.type, s)} ${clockTime(punch.at)}. ${o.wrong}`}
                        onClick={() => setWrong({ kind: 'wrong', punch, day: one.day })}
                      >
                        {typeName(punch.type, s)} {clockTime(punch.at)}
                        {punch.corrected && <small>{o.corrected}</small>}
                      </button>
                    ))}
                  </div>
                </li>
              ))}
          </ul>
          {punches && <p class="soft">{o.wrongHint}</p>}
        </>
      )}
    </>
  );
}
