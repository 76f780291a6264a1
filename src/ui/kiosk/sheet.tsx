import type { ComponentChildren } from 'preact';
import type { WireMoment } from '../../http/contract.js';
import { clockTime, duration, fill } from '../strings/language.js';
import type { Strings } from '../strings/table.js';
import { Ask } from './ask.js';

const MARKS = {
  tick: 'M30 52l14 14 27-30',
  again: 'M50 28v24l15 9',
  cross: 'M36 36l28 28M64 36L36 64',
  alarm: 'M50 26v30M50 72v1',
} as const;

function Mark({ name }: { readonly name: keyof typeof MARKS }) {
  return (
    <svg class="mark" viewBox="0 0 100 100" aria-hidden="true">
      <circle cx="50" cy="50" r="48" />
      <path d={MARKS[name]} pathLength={100} />
    </svg>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The outcome over the whole stage, readable from two metres. Nothing for idle and guidance. */
export function Sheet(props: {
  readonly moment: WireMoment;
  readonly s: Strings;
  readonly now: string;
  readonly show: (moment: WireMoment) => void;
}) {
  const { moment, s } = props;
  switch (moment.kind) {
    case 'idle':
    case 'guidance':
    case 'attempt':
      return null;
    case 'recognised':
      return <Ask key={moment.attemptId} moment={moment} s={s} show={props.show} />;
    case 'done':
      return (
        <div class="sheet done" key={moment.at}>
          <Mark name="tick" />
          <div>
            <h1>{fill(s.greeting[moment.direction], { name: moment.person.name })}</h1>
            <p class="what">
              {s.recorded[moment.direction]} {fill(s.done.at, { time: clockTime(moment.at) })}
            </p>
            <dl class="facts">
              <Fact name={s.done.today}>{duration(moment.workedTodayMs, s)}</Fact>
              {moment.previous !== undefined && (
                <Fact name={s.done.previous}>
                  {s.directions[moment.previous.direction]} {clockTime(moment.previous.at)}
                </Fact>
              )}
            </dl>
          </div>
        </div>
      );
    case 'duplicate':
      return (
        <div class="sheet duplicate">
          <Mark name="again" />
          <div>
            <h1>{fill(s.duplicate.title, { time: clockTime(moment.earlier.at) })}</h1>
            <p class="what">
              {moment.person.name} · {s.recorded[moment.earlier.direction]}
            </p>
            <p class="what">{s.duplicate.nothing}</p>
          </div>
        </div>
      );
    case 'refused':
      return (
        <div class="sheet refused">
          <Mark name="cross" />
          <div>
            <h1>{s.refusedTitle}</h1>
            <p class="what">{s.reasons[moment.reason]}</p>
            <p class="what">{s.refusedNext}</p>
          </div>
        </div>
      );
    case 'not_recorded':
      return (
        <div class="sheet not-recorded" role="alert">
          <Mark name="alarm" />
          <div>
            <h1>{s.notRecorded.title}</h1>
            <p class="what">
              {moment.person.name} · {moment.fault === 'storage_full' ? s.notRecorded.full : s.notRecorded.failed}
            </p>
            <p class="what">{fill(s.notRecorded.next, { time: props.now })}</p>
          </div>
        </div>
      );
  }
}
