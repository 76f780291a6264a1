import type { AttemptView } from '../../http/contract-login.js';
import { Icon, type IconName } from '../parts/icon.js';
import { usePage } from '../parts/page-context.js';
import type { Strings } from '../strings/table.js';

type Kind = AttemptView['alternatives'][number][number][number];

export const FACTOR_ICONS: Readonly<Record<Kind, IconName>> = {
  face: 'face',
  liveness: 'face',
  pose: 'one',
  signature: 'key',
  password: 'lock',
  pin: 'pad',
  badge: 'badge',
  otp: 'phone',
};

/** One way in words: factors of one step joined by +, steps one after the other. */
export function wayText(way: AttemptView['alternatives'][number], s: Strings): string {
  return way.map((step) => step.map((kind) => s.login.factors[kind]).join(' + ')).join(', ');
}

/** The other ways to the same purpose. */
export function Ways(props: {
  readonly view: AttemptView;
  readonly busy: boolean;
  readonly choose: (index: number) => void;
}) {
  const { s } = usePage();
  return (
    <div class="factor">
      <h2>{s.login.otherTitle}</h2>
      <ul class="list">
        {props.view.alternatives.map((way, index) => (
          <li key={index}>
            <button
              type="button"
              class="plain"
              disabled={props.busy}
              aria-pressed={index === props.view.chosen}
              onClick={() => props.choose(index)}
            >
              {way.flat().map((kind) => (
                <Icon key={kind} name={FACTOR_ICONS[kind]} />
              ))}
              {wayText(way, s)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Where one stands: every step of the way with its state as a sign and as a word. */
export function Progress({ view }: { readonly view: AttemptView }) {
  const { s } = usePage();
  return (
    <ol class="progress" aria-label={s.login.steps}>
      {view.steps.map((step, index) => (
        <li key={index} class={step.state} {...(step.state === 'current' ? { 'aria-current': 'step' as const } : {})}>
          <Icon name={step.state === 'passed' ? 'tick' : FACTOR_ICONS[step.factors[0]?.kind ?? 'password']} />
          <span>{step.factors.map(({ kind }) => s.login.factors[kind]).join(' + ')}</span>
          {step.state === 'passed' && <span class="hidden">{s.login.passed}</span>}
        </li>
      ))}
    </ol>
  );
}
