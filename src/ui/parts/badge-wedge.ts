/** A reader that types sends a character at least this often; a hand does not. */
const BURST_GAP_MS = 60;
/** Shorter bursts are chance. */
const LEAST_CHARACTERS = 4;
const LONGEST = 128;

/**
 * Finds the number of a badge in a stream of key presses: at least 4 printable characters without spaces, each at most
 * 60 ms after the one before, ended by Enter or Tab. Few people type that fast for so long.
 */
export class BadgeWedge {
  #text = '';
  #last = Number.NEGATIVE_INFINITY;

  /**
   * @param key `KeyboardEvent.key`
   * @param at ms, of any steady clock
   * @returns the number when this press ended one
   */
  press(key: string, at: number): string | undefined {
    // Readers hold Shift for capital letters.
    if (key === 'Shift') return undefined;
    const fast = at - this.#last <= BURST_GAP_MS;
    this.#last = at;
    if (key === 'Enter' || key === 'Tab') {
      const text = fast ? this.#text : '';
      this.#text = '';
      return text.length >= LEAST_CHARACTERS && text.length <= LONGEST ? text : undefined;
    }
    if (!/^[\x21-\x7e]$/.test(key)) this.#text = '';
    else this.#text = fast ? this.#text + key : key;
    return undefined;
  }
}

/** Whether keys pressed here go into a field that is not prepared for a badge. */
function typesElsewhere(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.dataset.badge === 'too') return false;
  return target.isContentEditable || target.matches('input, textarea, select');
}

/**
 * Listens for a badge reader that types. A field with `data-badge="too"` may be typed in by hand and by the reader: what
 * the reader typed is taken out of it again. Every other field keeps its keys. The returned function ends it.
 */
export function listenForBadge(onBadge: (badge: string) => void): () => void {
  const wedge = new BadgeWedge();
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typesElsewhere(event.target)) return;
    const badge = wedge.press(event.key, event.timeStamp);
    if (badge === undefined) return;
    // Enter must neither press the button that has the focus nor send the form.
    event.preventDefault();
    event.stopPropagation();
    if (event.target instanceof HTMLInputElement && event.target.value.endsWith(badge)) {
      event.target.value = event.target.value.slice(0, -badge.length);
      event.target.dispatchEvent(new InputEvent('input', { bubbles: true }));
    }
    // After the page has drawn the emptied field: the same text may be put back into it.
    queueMicrotask(() => onBadge(badge));
  };
  document.addEventListener('keydown', press, true);
  return () => document.removeEventListener('keydown', press, true);
}
