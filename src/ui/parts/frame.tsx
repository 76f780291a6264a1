import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { usePage } from './page-context.js';
import { TouchKeyboard } from './touch-keyboard.js';

/**
 * A dialogue over the whole page: title, a way out that always works, content, what to press next, and the keyboard of
 * the touchscreen. Escape is the way out too.
 */
export function Frame(props: {
  readonly title: string;
  /** Beside the title, for example the progress. */
  readonly beside?: ComponentChildren;
  readonly leave?: { readonly text: string; readonly go: () => void } | undefined;
  readonly foot?: ComponentChildren;
  /** Hears of every key, touch and text. */
  readonly touched?: () => void;
  readonly children: ComponentChildren;
}) {
  const { place } = usePage();
  const { touched } = props;
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A field that asked for the focus has it already.
    if (!root.current?.contains(document.activeElement)) root.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    // What had the focus has gone (a button of the former step): Escape and the keyboard must still find the dialogue.
    if (document.activeElement === document.body) root.current?.focus({ preventScroll: true });
  });
  return (
    <div
      ref={root}
      class={`terminal at-${place}`}
      role="dialog"
      aria-modal="true"
      aria-label={props.title}
      tabIndex={-1}
      onPointerDown={touched}
      onInput={touched}
      onKeyDown={(event) => {
        touched?.();
        if (event.key === 'Escape') props.leave?.go();
      }}
    >
      <header>
        <h1>{props.title}</h1>
        {props.beside}
        {props.leave !== undefined && (
          <button type="button" class="plain" onClick={props.leave.go}>
            {props.leave.text}
          </button>
        )}
      </header>
      <div class="content">{props.children}</div>
      {props.foot !== undefined && <footer>{props.foot}</footer>}
      <TouchKeyboard />
    </div>
  );
}
