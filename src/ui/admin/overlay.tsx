import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { usePage } from '../parts/page-context.js';
import { TouchKeyboard } from '../parts/touch-keyboard.js';
import { useStaff } from './staff.js';

/** A panel over the page, with a way out that always works: the button, Escape, or nothing else. */
export function Overlay(props: {
  readonly title: string;
  readonly leave: () => void;
  /** Text of the way out, when it is not “close”. */
  readonly leaveText?: string;
  readonly children: ComponentChildren;
}) {
  const { w } = useStaff();
  const panel = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = panel.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={panel}
      class="overlay"
      aria-label={props.title}
      onCancel={(event) => {
        event.preventDefault();
        props.leave();
      }}
    >
      <header>
        <h2>{props.title}</h2>
        <button type="button" class="plain" onClick={props.leave}>
          {props.leaveText ?? w.close}
        </button>
      </header>
      <div class="content">{props.children}</div>
      <TouchKeyboard />
    </dialog>
  );
}

/** What the kiosk refused, read out at once. */
export function Problem({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p class="problem" role="alert">
      {text}
    </p>
  );
}

/** A labelled text field of a form. */
export function TextField(props: {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly note?: string;
  readonly longest?: number;
  readonly focus?: boolean;
}) {
  const { place } = usePage();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (props.focus) input.current?.focus();
  }, [props.focus]);
  return (
    <label class="field">
      {props.label}
      <input
        ref={input}
        type="text"
        value={props.value}
        maxLength={props.longest ?? 80}
        autocomplete="off"
        spellcheck={false}
        data-keys="text"
        inputMode={place === 'kiosk' ? 'none' : 'text'}
        onInput={(event) => props.change(event.currentTarget.value)}
      />
      {props.note !== undefined && <small>{props.note}</small>}
    </label>
  );
}
