import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { discoveryMessage, discoveryTopic } from '../../src/messaging/discovery.js';
import type { KioskFacts } from '../../src/messaging/messaging-parts.js';
import { topicsOf } from '../../src/messaging/topics.js';

const config = configSchema.parse({
  site: { id: 'hq' },
  kiosk: { id: 'lobby-1', name: 'Kiosk lobby', area: 'Lobby' },
  zone: 'Europe/Berlin',
});
const topics = topicsOf('vestibule', 'hq', 'lobby-1');
const bare: KioskFacts = {
  version: '1.0.0',
  models: [],
  factors: [{ kind: 'face', on: true }],
  camera: { ok: true },
  vision: { ok: true, restarts: 0 },
  disk: { writable: true },
  rssBytes: 1,
  load1: 0,
};
const full: KioskFacts = {
  ...bare,
  hardware: 'Raspberry Pi 5',
  factors: [{ kind: 'face', on: true, switchable: true }],
  door: { state: 'LOCKED', codeRequired: true },
  update: { installed: '1.0.0', latest: '1.1.0' },
};

describe('Home Assistant discovery', () => {
  it('announces the documented device and entities', () => {
    const message = discoveryMessage(config, topics, full);
    expect(discoveryTopic('homeassistant', 'hq', 'lobby-1')).toBe('homeassistant/device/vestibule_hq_lobby-1/config');
    expect(message.dev).toEqual({
      ids: ['vestibule_hq_lobby-1'],
      name: 'Kiosk lobby',
      mf: 'Vestibule',
      mdl: 'Raspberry Pi 5',
      sw: '1.0.0',
      sa: 'Lobby',
    });
    expect(message.o).toEqual({ name: 'Vestibule', sw: '1.0.0' });
    expect(message.cmps.attendance).toMatchObject({
      p: 'event',
      unique_id: 'vestibule_hq_lobby-1_attendance',
      default_entity_id: 'event.kiosk_lobby_attendance',
      state_topic: 'vestibule/v1/hq/lobby-1/event/attendance',
    });
    expect(message.cmps.t_granted).toEqual({
      p: 'device_automation',
      automation_type: 'trigger',
      type: 'access',
      subtype: 'granted',
      topic: 'vestibule/v1/hq/lobby-1/trigger',
      payload: 'granted',
      qos: 0,
    });
    expect(message.cmps.door).toMatchObject({
      command_topic: 'vestibule/v1/hq/lobby-1/cmd/door',
      code_format: '^\\d{4,8}$',
      retain: false,
      optimistic: false,
    });
  });

  it('gives every entity a unique id and availability to all but events and triggers', () => {
    const message = discoveryMessage(config, topics, full);
    expect(message).not.toHaveProperty('availability_topic');
    const ids = new Set<unknown>();
    for (const component of Object.values(message.cmps)) {
      if (component.p === 'device_automation') continue;
      ids.add(component.unique_id);
      expect('availability_topic' in component).toBe(component.p !== 'event');
    }
    const entities = Object.values(message.cmps).filter(({ p }) => p !== 'device_automation');
    expect(ids.size).toBe(entities.length);
  });

  it('announces only what the kiosk has, and removes what is gone once', () => {
    const message = discoveryMessage(config, topics, bare);
    expect(Object.keys(message.cmps).sort()).toEqual([
      'access',
      'attendance',
      'camera',
      'clock',
      'outbox',
      't_check_in',
      't_check_out',
      't_denied',
    ]);
    const removing = discoveryMessage(config, topics, bare, ['door', 'camera']);
    expect(removing.cmps.door).toEqual({ p: 'sensor' });
    expect(removing.cmps.camera).not.toEqual({ p: 'sensor' });
  });

  it('makes command templates that are JSON once Home Assistant has filled them in', () => {
    const { cmps } = discoveryMessage(config, topics, full);
    for (const key of ['door', 'face']) {
      const filled = String(cmps[key]?.command_template)
        .replace('{{ value }}', 'open')
        .replace("{{ code | default('', true) }}", '1234')
        .replace('{{ now().timestamp() | int + 10 }}', '1795229972')
        .replace('{{ now().timestamp() }}', '1795229962.001287');
      expect(JSON.parse(filled)).toMatchObject({ transaction: 'ha-1795229962.001287', exp: 1795229972 });
    }
  });

  it('refuses a root that is the discovery prefix, and ids that would break topics', () => {
    expect(() => topicsOf('homeassistant', 'hq', 'lobby-1', 'homeassistant')).toThrow(/must differ/);
    for (const id of ['', 'A', 'a/b', 'a_b', '+', '#', 'a b', '-a', 'x'.repeat(27)]) {
      expect(() => topicsOf('vestibule', id, 'lobby-1')).toThrow(/site\.id/);
      expect(() => topicsOf('vestibule', 'hq', id)).toThrow(/kiosk\.id/);
    }
  });
});
