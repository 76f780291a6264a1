import type { KioskStatus } from '../../http/contract.js';
import { Icon } from '../parts/icon.js';
import { duration, fill } from '../strings/language.js';
import type { Strings } from '../strings/table.js';

interface Part {
  readonly name: string;
  readonly good: boolean;
  readonly text: string;
}

function sentence(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

function partsOf(status: KioskStatus, s: Strings): readonly Part[] {
  const { camera, vision, bus, storage, clock, recognition } = status;
  const p = s.admin.parts;
  const gigabytes = new Intl.NumberFormat(s.locale, { style: 'unit', unit: 'gigabyte', maximumFractionDigits: 1 });
  const waiting = bus.depth === 0 ? s.admin.embedded : fill(s.signs.waiting, { n: bus.depth });
  return [
    {
      name: p.camera,
      good: camera.state === 'running',
      text: sentence(camera.kind, `${camera.fps.toFixed(1)} fps`, camera.detail),
    },
    {
      name: p.vision,
      good: vision.process === 'running',
      text: sentence(vision.process, fill(s.admin.restarts, { n: vision.restarts })),
    },
    {
      name: p.broker,
      good: !bus.enabled || bus.connected,
      text: bus.enabled ? sentence(bus.connected ? s.admin.connected : bus.lastError, waiting) : s.admin.brokerOff,
    },
    {
      name: p.storage,
      good: storage.ok,
      text: sentence(
        storage.freeBytes === undefined
          ? undefined
          : fill(s.admin.free, { n: gigabytes.format(storage.freeBytes / 1e9) }),
        ...storage.alarms,
      ),
    },
    {
      name: p.clock,
      good: clock.sync !== 'none',
      text: { ntp: s.admin.synced, rtc: s.admin.rtc, none: s.signs.clock }[clock.sync],
    },
    {
      name: p.recognition,
      good: recognition.identification,
      text: sentence(fill(s.admin.gallery, { n: recognition.gallery }), recognition.reason),
    },
    {
      name: p.version,
      good: true,
      text: sentence(status.version, fill(s.admin.uptime, { time: duration(status.uptimeSeconds * 1000, s) })),
    },
  ];
}

/** One row per part: name, sign with a word, what is known. */
export function PartsHealth({ status, s }: { readonly status: KioskStatus; readonly s: Strings }) {
  return (
    <section class="card">
      <h2>{s.admin.health}</h2>
      {partsOf(status, s).map((part) => (
        <div class="row" key={part.name}>
          <strong>{part.name}</strong>
          <span class={`tag ${part.good ? 'good' : 'bad'}`}>
            <Icon name={part.good ? 'tick' : 'alert'} />
            {part.good ? s.admin.good : s.admin.trouble}
          </span>
          <span class="more">{part.text}</span>
        </div>
      ))}
    </section>
  );
}
