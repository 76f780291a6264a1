import type { KioskStatus, WireMoment } from '../../http/contract.js';

/** The daemon sends a beat every 5 s; after this silence it counts as lost. */
const SILENCE_MS = 16_000;
/** A shorter break (a restart of the connection) is not worth alarming anybody. */
const GRACE_MS = 1500;

export interface KioskListener {
  moment(moment: WireMoment): void;
  status(status: KioskStatus): void;
  /** False while the daemon cannot be reached. */
  connected(is: boolean): void;
}

/** Listens to the daemon and connects again for ever. The returned function ends it. */
export function listenToKiosk(listener: KioskListener): () => void {
  let source: EventSource | undefined;
  let silence = 0;
  let lost = 0;
  let again = 0;
  let delayMs = 500;

  const sayLost = () => {
    if (lost === 0) lost = window.setTimeout(() => listener.connected(false), GRACE_MS);
  };
  const alive = () => {
    window.clearTimeout(lost);
    lost = 0;
    delayMs = 500;
    listener.connected(true);
    window.clearTimeout(silence);
    silence = window.setTimeout(reconnect, SILENCE_MS);
  };
  function reconnect(): void {
    source?.close();
    sayLost();
    window.clearTimeout(silence);
    window.clearTimeout(again);
    again = window.setTimeout(connect, delayMs);
    delayMs = Math.min(delayMs * 2, 5000);
  }
  function connect(): void {
    source = new EventSource('/api/v1/events');
    source.addEventListener('moment', (event) => {
      alive();
      listener.moment(JSON.parse(event.data) as WireMoment);
    });
    source.addEventListener('status', (event) => {
      alive();
      listener.status(JSON.parse(event.data) as KioskStatus);
    });
    source.addEventListener('beat', alive);
    source.onerror = reconnect;
  }
  connect();
  return () => {
    source?.close();
    for (const timer of [silence, lost, again]) window.clearTimeout(timer);
  };
}
