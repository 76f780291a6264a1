import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { GuidanceCode } from '../../domain/guidance.js';
import { AttemptDialogue } from '../login/attempt-dialogue.js';
import { Frame } from '../parts/frame.js';
import { Icon } from '../parts/icon.js';
import { usePage } from '../parts/page-context.js';

/** At the kiosk the message makes room for the next person by itself. */
const SHOWN_MS = 12_000;

/** "Session ended, sign in again": nothing of the page is seen any more, and signing in comes back to it. */
export function SessionEnded(props: {
  readonly live?: (guidance: GuidanceCode | undefined) => ComponentChildren;
  readonly again: () => void;
  readonly leave: () => void;
}) {
  const { s, place } = usePage();
  const [signing, setSigning] = useState(false);
  useEffect(() => {
    if (place !== 'kiosk' || signing) return;
    const timer = window.setTimeout(props.leave, SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [signing, place]);
  if (signing)
    return (
      <AttemptDialogue
        purpose="login"
        anew
        {...(props.live && { live: props.live })}
        granted={props.again}
        close={() => setSigning(false)}
      />
    );
  const o = s.account.own;
  return (
    <Frame title={o.endedTitle}>
      <div class="outcome" role="alert">
        <Icon name="lock" />
        <h2>{o.endedTitle}</h2>
        <p>{o.endedText}</p>
        <div class="buttons">
          <button type="button" class="primary" onClick={() => setSigning(true)}>
            {o.signInAgain}
          </button>
          <button type="button" class="plain" onClick={props.leave}>
            {s.login.close}
          </button>
        </div>
      </div>
    </Frame>
  );
}
