import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from './icon.js';
import { usePage } from './page-context.js';

/**
 * One labelled text field. At the kiosk the page's own keyboard types into it; nothing is remembered by the browser.
 * @param props keys: the keys that are needed; badge: a badge reader may type here too; remember: what a browser that
 *   is not the kiosk may fill in (a value of `autocomplete`)
 */
export function Field(props: {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly keys?: 'text' | 'digits';
  readonly secret?: boolean;
  readonly longest?: number;
  readonly note?: string | undefined;
  readonly fault?: string | undefined;
  readonly focus?: boolean;
  readonly badge?: boolean;
  readonly disabled?: boolean;
  readonly remember?: string;
  readonly large?: boolean;
  readonly children?: ComponentChildren;
}) {
  const { place } = usePage();
  const { label, value, change, keys = 'text', fault, note } = props;
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    if (props.focus && !props.disabled) input.current?.focus({ preventScroll: true });
  }, [props.focus, props.disabled]);
  const said = fault ?? note;
  return (
    <div class={`field ${props.large ? 'large' : ''}`}>
      <label for={id}>{label}</label>
      <div class="beside">
        <input
          ref={input}
          id={id}
          {...(props.secret ? { type: 'password' as const } : { type: 'text' as const })}
          value={value}
          maxLength={props.longest ?? 120}
          autocomplete={place === 'kiosk' ? 'off' : (props.remember ?? 'off')}
          autocapitalize="off"
          spellcheck={false}
          inputMode={place === 'kiosk' ? 'none' : keys === 'digits' ? 'numeric' : 'text'}
          data-keys={keys}
          {...(props.badge ? { 'data-badge': 'too' } : {})}
          disabled={props.disabled ?? false}
          aria-invalid={fault !== undefined}
          {...(said === undefined ? {} : { 'aria-describedby': `${id}-note` })}
          onInput={(event) => change(event.currentTarget.value)}
        />
        {props.children}
      </div>
      {said !== undefined && (
        <small
          id={`${id}-note`}
          class={fault === undefined ? '' : 'wrong'}
          role={fault === undefined ? undefined : 'alert'}
        >
          {fault !== undefined && <Icon name="alert" />}
          {said}
        </small>
      )}
    </div>
  );
}
