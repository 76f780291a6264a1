import { useEffect, useState } from 'preact/hooks';
import type { Strings } from '../strings/table.js';

/** The time and date of the kiosk's zone. */
export function WallClock({ zone, s }: { readonly zone: string; readonly s: Strings }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(now);
  const date = new Intl.DateTimeFormat(s.locale, {
    timeZone: zone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  }).format(now);
  return (
    <>
      <time class="clock">{time}</time>
      <div class="date">{date}</div>
    </>
  );
}
