import { useEffect } from 'preact/hooks';
import { Icon } from '../parts/icon.js';
import { usePage } from '../parts/page-context.js';

/** An outcome stays so long for somebody to read it, then the kiosk is free again. */
const SHOWN_MS = 8000;

/** How an attempt ended when nothing else opens. At the kiosk it leaves by itself. */
export function Outcome(props: {
  readonly good: boolean;
  readonly title: string;
  readonly text: string;
  readonly again?: () => void;
  readonly close?: () => void;
  /** What closing leads to; "Close" without it. */
  readonly closeText?: string;
}) {
  const { s, place } = usePage();
  useEffect(() => {
    const { close } = props;
    if (place !== 'kiosk' || close === undefined) return;
    const timer = window.setTimeout(close, SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [place]);
  return (
    <div class="outcome" role={props.good ? 'status' : 'alert'}>
      <Icon name={props.good ? 'tick' : 'cross'} tone={props.good ? 'good' : 'bad'} />
      <h2>{props.title}</h2>
      <p>{props.text}</p>
      <div class="buttons">
        {props.again !== undefined && (
          <button type="button" class="primary" onClick={props.again}>
            {s.login.again}
          </button>
        )}
        {props.close !== undefined && (
          <button type="button" class="plain" onClick={props.close}>
            {props.closeText ?? s.login.close}
          </button>
        )}
      </div>
    </div>
  );
}
