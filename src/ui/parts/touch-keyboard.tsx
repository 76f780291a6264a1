import { useEffect, useRef, useState } from 'preact/hooks';
import SimpleKeyboard from 'simple-keyboard';
import { layoutsOf } from './key-layouts.js';
import { usePage } from './page-context.js';

/** The keyboard does not flicker while one field takes the place of another. */
const LINGER_MS = 120;

type Keys = 'text' | 'digits';
type Field = HTMLInputElement | HTMLTextAreaElement;

function fieldOf(target: EventTarget | null): Field | undefined {
  const field = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ? target : undefined;
  return field?.dataset.keys === undefined ? undefined : field;
}

/** Writes as a hand would: at the caret, over what is selected, never past the longest length. */
function write(field: Field, text: string): void {
  const start = field.selectionStart ?? field.value.length;
  const end = field.selectionEnd ?? start;
  if (text === '') {
    if (start === 0 && end === 0) return;
    field.setRangeText('', start === end ? Math.max(0, start - lastSignLength(field.value, start)) : start, end, 'end');
  } else {
    const room = field.maxLength < 0 ? Infinity : field.maxLength - (field.value.length - (end - start));
    if (text.length > room) return;
    field.setRangeText(text, start, end, 'end');
  }
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

/** With its label and hint, as far as there is room. */
function bringIntoView(field: Field | undefined): void {
  field?.closest('.field')?.scrollIntoView({ block: 'nearest' });
}

/** OK: on to the next field that is still empty, otherwise the form is sent. */
function goOn(field: Field): void {
  const fields = [...(field.form?.elements ?? [])].filter((one) => fieldOf(one) !== undefined) as Field[];
  const next = fields.slice(fields.indexOf(field) + 1).find((one) => one.value === '' && !one.disabled);
  if (next !== undefined && field.value !== '') next.focus();
  else field.form?.requestSubmit();
}

/** Code units of the sign before the caret: two for one outside the basic plane. */
function lastSignLength(value: string, caret: number): number {
  return /[\ud800-\udbff][\udc00-\udfff]$/.test(value.slice(0, caret)) ? 2 : 1;
}

/**
 * The keyboard of the touchscreen. It types into whatever field with `data-keys` was touched last, and is there as long
 * as that field is. Keys of a real keyboard and pasting work beside it, because the field itself holds the text.
 */
export function TouchKeyboard() {
  const { s, language, place } = usePage();
  const [field, setField] = useState<Field>();
  const [layer, setLayer] = useState<'letters' | 'shift' | 'symbols'>('letters');
  const root = useRef<HTMLDivElement>(null);
  const press = useRef<(key: string) => void>(() => {});
  const keyboard = useRef<SimpleKeyboard>(undefined);
  const keys = field?.dataset.keys as Keys | undefined;

  useEffect(() => {
    if (place !== 'kiosk') return;
    let leaving = 0;
    const look = () => {
      const focused = fieldOf(document.activeElement);
      if (focused !== undefined) {
        window.clearTimeout(leaving);
        leaving = 0;
        setField(focused);
        // A page that changes all the time does not put it off.
      } else if (leaving === 0) leaving = window.setTimeout(leave, LINGER_MS);
    };
    /** A field that left the page takes the keyboard with it, unless another one is there at once. */
    const leave = () => {
      leaving = 0;
      setField((was) => (was?.isConnected ? was : undefined));
    };
    look();
    document.addEventListener('focusin', look);
    const watch = new MutationObserver(() => {
      look();
      // What is said above a field must not push it under the keyboard.
      requestAnimationFrame(() => bringIntoView(fieldOf(document.activeElement)));
    });
    watch.observe(document.body, { childList: true, subtree: true });
    return () => {
      window.clearTimeout(leaving);
      document.removeEventListener('focusin', look);
      watch.disconnect();
    };
  }, [place]);

  press.current = (key) => {
    if (field === undefined) return;
    if (document.activeElement !== field) field.focus();
    if (key === '{shift}') return setLayer(layer === 'shift' ? 'letters' : 'shift');
    if (key === '{symbols}') return setLayer('symbols');
    if (key === '{letters}') return setLayer('letters');
    if (key === '{enter}') return goOn(field);
    write(field, key === '{bksp}' ? '' : key === '{space}' ? ' ' : key);
    if (layer === 'shift') setLayer('letters');
  };

  useEffect(() => {
    // The keyboard has taken room: what is typed must be seen with its hint.
    const frame = requestAnimationFrame(() => bringIntoView(field));
    return () => cancelAnimationFrame(frame);
  }, [field]);
  const shown = keys === 'digits' ? 'digits' : layer;
  useEffect(() => {
    if (root.current === null || keys === undefined) return;
    const names: Readonly<Record<string, string>> = s.login.keyNames;
    const made = new SimpleKeyboard(root.current, {
      layout: layoutsOf(language),
      layoutName: shown,
      display: s.login.keys,
      theme: 'keys',
      useButtonTag: true,
      disableCaretPositioning: true,
      preventMouseDownDefault: true,
      onKeyPress: (key: string) => press.current(key),
      // The library must not collect what is typed: it may be a password.
      onChange: () => made.clearInput(),
      onRender: (board: SimpleKeyboard) => {
        for (const button of board.keyboardDOM.querySelectorAll('button')) {
          button.type = 'button';
          button.tabIndex = -1;
          const name = names[button.dataset.skbtn ?? ''];
          button.setAttribute('aria-label', name ?? button.textContent ?? '');
        }
      },
    });
    keyboard.current = made;
    return () => {
      keyboard.current = undefined;
      made.destroy();
    };
  }, [keys, language]);
  useEffect(() => {
    keyboard.current?.setOptions({ layoutName: shown });
  }, [shown]);

  if (keys === undefined) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would belong to a form
    <div
      class={`keyboard ${keys}`}
      role="group"
      aria-label={s.login.keyboard}
      onMouseDown={(event) => event.preventDefault()}
    >
      <div key={keys} ref={root} class="touch-keys" />
    </div>
  );
}
