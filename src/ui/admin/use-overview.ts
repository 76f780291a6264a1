import { useEffect, useState } from 'preact/hooks';
import type { DayView, DecisionRow, KioskStatus } from '../../http/contract.js';
import { type Access, staffCall } from './staff.js';

const REFRESH_MS = 5000;

export interface Overview {
  readonly day: DayView;
  readonly status: KioskStatus;
  readonly decisions: readonly DecisionRow[];
  readonly at: number;
}

/**
 * The day, the health of the parts and the last decisions, read again and again while they are looked at. Reading keeps
 * no session open.
 * @param looked whether they are on the screen; the first reading happens in any case
 */
export function useOverview(
  access: Access | undefined,
  looked: boolean,
  told: { readonly accepted: () => void; readonly refused: (error: string) => void },
): { readonly view: Overview | undefined; readonly reachable: boolean } {
  const [view, setView] = useState<Overview>();
  const [reachable, setReachable] = useState(true);
  const { accepted, refused } = told;
  const known = view !== undefined;
  useEffect(() => setView(undefined), [access]);
  useEffect(() => {
    if (access === undefined || (known && !looked)) return;
    let ended = false;
    let timer = 0;
    const refresh = async () => {
      const [day, status, decisions] = await Promise.all([
        staffCall<DayView>(access, 'GET', '/api/v1/admin/today'),
        staffCall<KioskStatus>(access, 'GET', '/api/v1/admin/status'),
        staffCall<{ decisions: readonly DecisionRow[] }>(access, 'GET', '/api/v1/admin/decisions'),
      ]);
      if (ended) return;
      if (day.ok && status.ok && decisions.ok) {
        accepted();
        setReachable(true);
        setView({ day: day.value, status: status.value, decisions: decisions.value.decisions, at: Date.now() });
      } else {
        setReachable(false);
        if (!day.ok) refused(day.error.error);
      }
      timer = window.setTimeout(() => void refresh(), REFRESH_MS);
    };
    void refresh();
    return () => {
      ended = true;
      window.clearTimeout(timer);
    };
  }, [access, looked, known, accepted, refused]);
  return { view, reachable };
}
