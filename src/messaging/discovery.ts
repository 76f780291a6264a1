import { ATTENDANCE_TYPES } from '../domain/attendance.js';
import type { KioskFacts, MessagingConfig } from './messaging-parts.js';
import { ACCESS_TYPES } from './payload-schemas.js';
import { deviceId, type Topics } from './topics.js';

type Component = Readonly<Record<string, unknown>>;

/** One Home Assistant device with its components by key. */
export interface DiscoveryMessage {
  readonly dev: Readonly<Record<string, unknown>>;
  readonly o: Readonly<Record<string, unknown>>;
  readonly qos: 1;
  readonly cmps: Readonly<Record<string, Component>>;
}

/** Topic of the retained discovery message. */
export function discoveryTopic(prefix: string, site: string, kiosk: string): string {
  return `${prefix}/device/${deviceId(site, kiosk)}/config`;
}

/** A name as Home Assistant writes it into an entity id: a-z, 0-9 and `_`. */
function slug(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** Transaction and expiry that Home Assistant fills in: its clock and the kiosk's must agree within 10 s. */
const STAMP = `"transaction":"ha-{{ now().timestamp() }}","exp":{{ now().timestamp() | int + 10 }}`;

/**
 * Discovery message (docs/mqtt.md "Home Assistant"): only components that this kiosk has, never a person, no availability on
 * the root or on event components.
 * @param removed keys of components announced earlier that are gone; sent once as an empty `sensor`
 */
export function discoveryMessage(
  config: MessagingConfig,
  topics: Topics,
  facts: KioskFacts,
  removed: readonly string[] = [],
): DiscoveryMessage {
  const device = deviceId(config.site.id, config.kiosk.id);
  const entityName = slug(config.kiosk.name) || slug(device);
  const entity = (key: string, kind: string, name: string): Component => ({
    p: kind,
    name,
    unique_id: `${device}_${key}`,
    default_entity_id: `${kind}.${entityName}_${key}`,
  });
  const available = { availability_topic: topics.state };
  const trigger = (type: string, word: string): Component => ({
    p: 'device_automation',
    automation_type: 'trigger',
    type,
    subtype: word,
    topic: topics.trigger,
    payload: word,
    qos: 0,
  });
  const health = { state_topic: topics.health, ...available };
  const cmps: Record<string, Component> = {
    attendance: {
      ...entity('attendance', 'event', 'Attendance'),
      state_topic: topics.attendance,
      event_types: [...ATTENDANCE_TYPES],
    },
    access: { ...entity('access', 'event', 'Access'), state_topic: topics.access, event_types: [...ACCESS_TYPES] },
    t_check_in: trigger('attendance', 'check_in'),
    t_check_out: trigger('attendance', 'check_out'),
    t_denied: trigger('access', 'denied'),
    camera: {
      ...entity('camera', 'binary_sensor', 'Camera'),
      device_class: 'connectivity',
      entity_category: 'diagnostic',
      value_template: "{{ 'ON' if value_json.camera.ok else 'OFF' }}",
      ...health,
    },
    clock: {
      ...entity('clock', 'binary_sensor', 'Clock'),
      device_class: 'problem',
      entity_category: 'diagnostic',
      value_template: "{{ 'OFF' if value_json.clock.sync == 'ntp' else 'ON' }}",
      ...health,
    },
    outbox: {
      ...entity('outbox', 'sensor', 'Unsent events'),
      entity_category: 'diagnostic',
      state_class: 'measurement',
      value_template: '{{ value_json.outbox.depth }}',
      ...health,
    },
  };
  if (facts.door !== undefined) {
    cmps.t_granted = trigger('access', 'granted');
    cmps.door = { ...entity('door', 'lock', 'Door'), ...doorControl(topics, facts.door.codeRequired), ...available };
  }
  for (const { kind, switchable } of facts.factors) {
    if (switchable !== true) continue;
    cmps[kind] = {
      ...entity(`factor_${kind}`, 'select', `${kind[0]?.toUpperCase()}${kind.slice(1)} factor`),
      entity_category: 'config',
      options: ['on', 'off'],
      state_topic: topics.factor(kind),
      command_topic: `${topics.commandPrefix}factor/${kind}`,
      command_template: `{"state":"{{ value }}",${STAMP}}`,
      retain: false,
      ...available,
    };
  }
  if (facts.update !== undefined)
    cmps.update = {
      ...entity('update', 'update', 'Software'),
      device_class: 'firmware',
      entity_category: 'diagnostic',
      state_topic: topics.update,
      ...available,
    };
  for (const key of removed) if (!(key in cmps)) cmps[key] = { p: 'sensor' };
  return {
    dev: {
      ids: [device],
      name: config.kiosk.name,
      mf: 'Vestibule',
      ...(facts.hardware === undefined ? {} : { mdl: facts.hardware }),
      sw: facts.version,
      ...(config.kiosk.area === undefined ? {} : { sa: config.kiosk.area }),
    },
    o: { name: 'Vestibule', sw: facts.version },
    qos: 1,
    cmps,
  };
}

function doorControl(topics: Topics, codeRequired: boolean): Component {
  const code = codeRequired ? `"code":"{{ code | default('', true) }}",` : '';
  return {
    state_topic: topics.doorState,
    command_topic: `${topics.commandPrefix}door`,
    ...(codeRequired ? { code_format: '^\\d{4,8}$' } : {}),
    command_template: `{"action":"{{ value }}",${code}${STAMP}}`,
    payload_lock: 'lock',
    payload_unlock: 'unlock',
    payload_open: 'open',
    state_locked: 'LOCKED',
    state_unlocked: 'UNLOCKED',
    state_locking: 'LOCKING',
    state_unlocking: 'UNLOCKING',
    state_jammed: 'JAMMED',
    optimistic: false,
    retain: false,
  };
}
