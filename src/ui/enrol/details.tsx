import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../parts/icon.js';
import { CONSENT_TEXT_VERSION, fill } from '../strings/language.js';
import type { Strings } from '../strings/table.js';
import { nameFault } from './name-field.js';

export interface Details {
  readonly name: string;
  readonly number: string;
  readonly agreed: boolean;
  /** The name was touched: only then a fault is shown. */
  readonly touched: boolean;
}

/** Name, number and the text of consent; the box to agree stands in the footer, where it is seen on every screen. */
export function DetailsForm(props: {
  readonly value: Details;
  readonly change: (value: Details) => void;
  readonly s: Strings;
}) {
  const { value, change, s } = props;
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus({ preventScroll: true }), []);
  const fault = value.touched ? nameFault(value.name, s) : undefined;
  return (
    <div class="form">
      <div>
        <label class="field">
          {s.enrol.name}
          <input
            ref={first}
            value={value.name}
            autocomplete="off"
            maxLength={120}
            aria-invalid={fault !== undefined}
            aria-describedby="name-note"
            onInput={(event) => change({ ...value, name: event.currentTarget.value, touched: true })}
          />
          <small id="name-note" class={fault === undefined ? '' : 'wrong'}>
            {fault !== undefined && <Icon name="alert" />}
            {fault ?? s.enrol.nameHint}
          </small>
        </label>
        <label class="field">
          {s.enrol.number}
          <input
            value={value.number}
            autocomplete="off"
            maxLength={40}
            onInput={(event) => change({ ...value, number: event.currentTarget.value })}
          />
        </label>
      </div>
      <div class="consent">
        <h2>{s.enrol.consentTitle}</h2>
        {s.enrol.consent.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <p class="version">{fill(s.enrol.version, { version: CONSENT_TEXT_VERSION })}</p>
      </div>
    </div>
  );
}
