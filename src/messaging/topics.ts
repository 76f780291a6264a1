import { VestibuleError } from '../domain/errors.js';
import type { FactorKind } from '../domain/factor.js';

/** One line of the public table of topics; docs/mqtt.md and docs/asyncapi.yaml are tested against it. */
export interface TopicRule {
  /** Under `<root>/v1/<site>/<kiosk>/`. */
  readonly path: string;
  readonly direction: 'out' | 'in';
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

export const TOPIC_TABLE: readonly TopicRule[] = [
  { path: 'state', direction: 'out', qos: 1, retain: true },
  { path: 'info', direction: 'out', qos: 1, retain: true },
  { path: 'health', direction: 'out', qos: 1, retain: true },
  { path: 'door/state', direction: 'out', qos: 1, retain: true },
  { path: 'factor/<kind>', direction: 'out', qos: 1, retain: true },
  { path: 'update', direction: 'out', qos: 1, retain: true },
  { path: 'event/attendance', direction: 'out', qos: 1, retain: false },
  { path: 'event/access', direction: 'out', qos: 1, retain: false },
  { path: 'event/system', direction: 'out', qos: 1, retain: false },
  { path: 'trigger', direction: 'out', qos: 0, retain: false },
  { path: 'cmd/<name>', direction: 'in', qos: 1, retain: false },
  { path: 'rsp/<name>', direction: 'out', qos: 1, retain: false },
  { path: 'ack', direction: 'in', qos: 1, retain: false },
];

/** The topics of one kiosk. */
export interface Topics {
  readonly base: string;
  /** `<root>/v1/<site>/`: answers may go to a response topic under it. */
  readonly sitePrefix: string;
  readonly state: string;
  readonly info: string;
  readonly health: string;
  readonly doorState: string;
  readonly update: string;
  readonly attendance: string;
  readonly access: string;
  readonly system: string;
  readonly trigger: string;
  readonly ack: string;
  /** Prefix of commands, with the slash. */
  readonly commandPrefix: string;
  readonly commandFilter: string;
  factor(kind: FactorKind): string;
  response(name: string): string;
}

const ID = /^[a-z0-9][a-z0-9-]{0,25}$/;

/** Site and kiosk id with `_` between them: neither holds one, so the join is unambiguous. */
export function deviceId(site: string, kiosk: string): string {
  return `vestibule_${site}_${kiosk}`;
}

/** The topics of a kiosk. Throws `config_invalid` for ids or a root that the contract does not allow. */
export function topicsOf(root: string, site: string, kiosk: string, discoveryPrefix?: string): Topics {
  for (const [key, id] of [
    ['site.id', site],
    ['kiosk.id', kiosk],
  ] as const)
    if (!ID.test(id))
      throw new VestibuleError(
        'config_invalid',
        `${key} must be 1 to 26 of a-z, 0-9 and -, beginning with a letter or digit.`,
      );
  if (root === discoveryPrefix)
    throw new VestibuleError(
      'config_invalid',
      'mqtt.root and mqtt.discoveryPrefix must differ: Home Assistant would read every message as a discovery.',
    );
  const sitePrefix = `${root}/v1/${site}/`;
  const base = `${sitePrefix}${kiosk}`;
  return {
    base,
    sitePrefix,
    state: `${base}/state`,
    info: `${base}/info`,
    health: `${base}/health`,
    doorState: `${base}/door/state`,
    update: `${base}/update`,
    attendance: `${base}/event/attendance`,
    access: `${base}/event/access`,
    system: `${base}/event/system`,
    trigger: `${base}/trigger`,
    ack: `${base}/ack`,
    commandPrefix: `${base}/cmd/`,
    commandFilter: `${base}/cmd/#`,
    factor: (kind) => `${base}/factor/${kind}`,
    response: (name) => `${base}/rsp/${name}`,
  };
}
