import type { ComponentChildren } from 'preact';
import type { Purpose } from '../../domain/decision.js';
import type { GuidanceCode } from '../../domain/guidance.js';
import type { KioskStatus } from '../../http/contract.js';
import { AttemptDialogue } from '../login/attempt-dialogue.js';
import { OwnPage } from '../own/page.js';
import { Icon } from '../parts/icon.js';
import { usePage } from '../parts/page-context.js';
import { RegisterDialogue } from '../register/dialogue.js';
import { Guidance } from './guidance.js';
import { LiveView } from './live-view.js';

/** What lies over the page while somebody uses the terminal. */
export type TerminalView =
  | {
      readonly kind: 'attempt';
      readonly purpose: Purpose;
      /** Opened by the daemon, which saw a face that needs more. */
      readonly attemptId?: string;
      readonly badge?: string;
    }
  | { readonly kind: 'register' | 'own' };

function Live(props: {
  readonly status: KioskStatus;
  readonly connected: boolean;
  readonly guidance: GuidanceCode | undefined;
}) {
  const { s } = usePage();
  return (
    <LiveView status={props.status} connected={props.connected} s={s}>
      {props.guidance !== undefined && <Guidance code={props.guidance} s={s} />}
    </LiveView>
  );
}

/** The live picture with what to do; undefined while the camera gives none. */
export function liveOf(
  status: KioskStatus,
  connected: boolean,
): ((guidance: GuidanceCode | undefined) => ComponentChildren) | undefined {
  if (status.camera.state !== 'running') return undefined;
  return (guidance) => <Live status={status} connected={connected} guidance={guidance} />;
}

export function Terminal(props: {
  readonly view: TerminalView;
  readonly status: KioskStatus;
  readonly connected: boolean;
  readonly set: (view: TerminalView | undefined) => void;
}) {
  const { s } = usePage();
  const { view, set } = props;
  const close = () => set(undefined);
  const live = liveOf(props.status, props.connected);
  const seen = live === undefined ? {} : { live };
  switch (view.kind) {
    case 'own':
      return <OwnPage {...seen} leave={close} />;
    case 'register':
      return <RegisterDialogue close={close} finished={() => set({ kind: 'attempt', purpose: 'login' })} />;
    case 'attempt':
      return (
        <AttemptDialogue
          key={`${view.purpose}-${view.attemptId ?? ''}`}
          {...view}
          anew
          // Who names himself to punch has no badge with him, and the face would have been known by now.
          {...(view.purpose === 'attend' && view.attemptId === undefined && { prefer: 'pin' as const })}
          {...seen}
          close={close}
          granted={() => {
            if (view.purpose === 'login') set({ kind: 'own' });
            else if (view.purpose === 'admin') window.location.assign('/admin');
            // The moment of the kiosk says what became of it.
            else close();
          }}
        >
          {view.purpose === 'login' && (
            <button type="button" class="plain" onClick={() => set({ kind: 'register' })}>
              <Icon name="one" />
              {s.login.entry.register}
            </button>
          )}
        </AttemptDialogue>
      );
  }
}
