import { useEffect, useState } from 'preact/hooks';
import type { Direction } from '../../domain/attendance.js';
import type { WireMoment } from '../../http/contract.js';
import { call } from '../daemon/call.js';
import { Icon } from '../parts/icon.js';
import { fill } from '../strings/language.js';
import type { Strings } from '../strings/table.js';

/** Somebody is recognised and presses in or out; the ring shows how long the buttons wait. */
export function Ask(props: {
  readonly moment: Extract<WireMoment, { kind: 'recognised' }>;
  readonly s: Strings;
  readonly show: (moment: WireMoment) => void;
}) {
  const { moment, s, show } = props;
  const [pressed, setPressed] = useState<Direction>();
  const [leftMs, setLeftMs] = useState(moment.expiresInMs);
  const left = Math.ceil(leftMs / 1000);
  useEffect(() => {
    const end = performance.now() + moment.expiresInMs;
    const timer = window.setInterval(() => setLeftMs(Math.max(0, end - performance.now())), 200);
    return () => window.clearInterval(timer);
  }, [moment.attemptId, moment.expiresInMs]);

  const press = async (direction: Direction) => {
    setPressed(direction);
    const reply = await call<{ moment: WireMoment }>('POST', `/api/v1/attempts/${moment.attemptId}/direction`, {
      json: { direction },
    });
    if (reply.ok) show(reply.value.moment);
    else setPressed(undefined);
  };
  return (
    <div class="sheet recognised">
      <div class="ask-head">
        <div>
          <h1>{fill(s.ask.hello, { name: moment.person.name })}</h1>
          <p class="what">{s.ask.choose}</p>
        </div>
        <div class="ring" role="timer" aria-label={fill(s.ask.left, { n: left })}>
          <svg viewBox="0 0 100 100" aria-hidden="true">
            <circle cx="50" cy="50" r="44" />
            <circle
              class="left"
              cx="50"
              cy="50"
              r="44"
              pathLength={100}
              style={{ strokeDashoffset: `${100 - (100 * leftMs) / moment.expiresInMs}` }}
            />
          </svg>
          {left}
        </div>
      </div>
      <div class="choices">
        {moment.choices.map((direction) => (
          <button
            key={direction}
            type="button"
            class={direction === moment.suggested ? 'suggested' : ''}
            disabled={pressed !== undefined}
            onClick={() => void press(direction)}
          >
            <Icon name={direction === 'check_in' ? 'in' : 'out'} />
            {s.directions[direction]}
            <small>{direction === moment.suggested ? s.ask.suggested : ''}</small>
          </button>
        ))}
      </div>
    </div>
  );
}
