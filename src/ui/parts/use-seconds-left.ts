import { useEffect, useState } from 'preact/hooks';

/**
 * Whole seconds until a moment of `performance.now()`, rounded up, counted here while it is shown; 0 when it is over.
 * @param until undefined: nothing is waited for, the answer is 0
 */
export function useSecondsLeft(until: number | undefined): number {
  const [, tick] = useState(0);
  const left = until === undefined ? 0 : Math.max(0, Math.ceil((until - performance.now()) / 1000));
  useEffect(() => {
    if (until === undefined || until <= performance.now()) return;
    const timer = window.setInterval(() => {
      tick((n) => n + 1);
      if (performance.now() >= until) window.clearInterval(timer);
    }, 250);
    return () => window.clearInterval(timer);
  }, [until]);
  return left;
}

/** Seconds as m:ss. */
export function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
