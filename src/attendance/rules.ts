import type { Config } from '../config/schema.js';
import type { DirectionRules } from '../domain/direction.js';

/** The rules of the domain from the configuration. */
export function rulesOf(config: Pick<Config, 'attendance' | 'zone'>): DirectionRules {
  const { attendance, zone } = config;
  return {
    zone,
    mode: attendance.direction,
    schedule: attendance.schedule,
    duplicateIntervalMs: attendance.duplicateIntervalSeconds * 1000,
    longestPeriodMs: attendance.longestPeriodHours * 3_600_000,
    lastOutWins: attendance.direction === 'first-in-last-out',
  };
}
