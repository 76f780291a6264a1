import type { ComponentChildren } from 'preact';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';
import { Said } from './said.js';
import type { AttemptControl } from './use-attempt.js';

/** The live picture while the kiosk compares the face; what to do stands large over it. */
export function FactorFace({ attempt, live }: { readonly attempt: AttemptControl; readonly live?: ComponentChildren }) {
  const { s } = usePage();
  if (live === undefined) return <Notice tone="bad">{s.login.messages.onlyAtKiosk}</Notice>;
  return (
    <div class="face-step">
      <Said attempt={attempt} />
      {live}
      <p class="hidden" role="status">
        {s.guidance[attempt.view?.guidance ?? 'no_face']}
      </p>
    </div>
  );
}
