import { type Said, say } from '@node3/shared/agent-sentences';
import type { ProviderPolicy } from '@node3/shared/provider-policy';
import { isWithinHours, sayWallTime, wallTimeAt } from './hours.ts';
import { useRatioMax } from './idle-record.ts';
import { findMaintenance, sayMoment } from './maintenance.ts';
import { wallMomentAt } from './wall-clock.ts';

/** A device as far as the policy asks about it; null is unknown. */
export interface PolicyDevice {
  id: string;
  /** For sentences. */
  model: string;
  /** Catalogue id; null for what is not in it. */
  modelId: string | null;
  temperatureCelsius: number | null;
  powerWatts: number | null;
  powerLimitWatts: number | null;
  /** One of our jobs holds it. */
  held: boolean;
  /** For how long others have left it alone. */
  quietMs: number | null;
}

export interface PolicyFacts {
  nowMs: number;
  /** null where the machine does not tell, as one without a battery. */
  onBattery: boolean | null;
  devices: readonly PolicyDevice[];
}

export interface PolicyVerdict {
  /** Why no new job is taken at all; null while some are. */
  closed: Said | null;
  /** Why single devices are not sold now, by id. */
  withheld: ReadonlyMap<string, Said>;
}

/** What the policy sells at this moment. An unknown reading never opens what a limit guards. */
export function decidePolicy(policy: ProviderPolicy, facts: PolicyFacts): PolicyVerdict {
  const { nowMs } = facts;
  const closed =
    findMaintenanceRefusal(policy, nowMs) ??
    findHoursRefusal(policy, nowMs) ??
    findUseRefusal(policy, facts);
  return { closed, withheld: new Map([...tooHot(policy, facts), ...tooHungry(policy, facts)]) };
}

function findMaintenanceRefusal(
  { maintenance, timeZone }: ProviderPolicy,
  nowMs: number,
): Said | null {
  if (maintenance.length === 0) return null;
  const found = findMaintenance(maintenance, nowMs, timeZone);
  if (found === null) return null;
  const now = sayMoment(wallMomentAt(nowMs, timeZone));
  const values = { from: sayMoment(found.from), to: sayMoment(found.to), now };
  return timeZone === null
    ? say('policyMaintenance', values)
    : say('policyMaintenanceIn', { ...values, zone: timeZone });
}

function findHoursRefusal({ hours, timeZone }: ProviderPolicy, nowMs: number): Said | null {
  if (hours === null) return null;
  const wall = wallTimeAt(nowMs, timeZone);
  if (isWithinHours(hours, wall)) return null;
  const values = { hours: hours.join(', '), now: sayWallTime(wall) };
  return timeZone === null
    ? say('policyHours', values)
    : say('policyHoursIn', { ...values, zone: timeZone });
}

function findUseRefusal(policy: ProviderPolicy, facts: PolicyFacts): Said | null {
  if (facts.onBattery === true && !policy.batteryAllowed) {
    return say('policyBattery');
  }
  const { idleMinutes } = policy;
  if (idleMinutes === null) return null;
  const unknown = facts.devices.find(({ quietMs }) => quietMs === null);
  if (unknown !== undefined) return say('policyUseUnknown', { model: unknown.model });
  const busy = facts.devices.find(({ quietMs }) => (quietMs ?? 0) < idleMinutes * 60_000);
  if (busy === undefined) return null;
  const percent = useRatioMax * 100;
  return say('policyInUse', { model: busy.model, percent, minutes: idleMinutes });
}

function tooHot(
  { temperatureCelsiusMax: most }: ProviderPolicy,
  { devices }: PolicyFacts,
): [string, Said][] {
  if (most === null) return [];
  return devices.flatMap(({ id, model, temperatureCelsius: now }) => {
    if (now !== null && now <= most) return [];
    if (now === null) return [[id, say('policyHeatUnknown', { model, most })]];
    return [[id, say('policyHot', { model, now: Math.round(now), most })]];
  });
}

/**
 * Shares out the watts: devices that our jobs hold may draw all they can, idle ones draw what they
 * draw now, and in the order of the list each of those is sold whose rise still fits.
 */
function tooHungry(
  { powerWattsMax: most }: ProviderPolicy,
  { devices }: PolicyFacts,
): [string, Said][] {
  if (most === null) return [];
  let planned = 0;
  for (const device of devices) {
    const { held, powerLimitWatts, powerWatts } = device;
    planned += (held ? largest(powerLimitWatts, powerWatts) : powerWatts) ?? 0;
  }
  const withheld: [string, Said][] = [];
  for (const { held, id, model, powerLimitWatts, powerWatts } of devices) {
    if (held) continue;
    if (powerLimitWatts === null || powerWatts === null) {
      withheld.push([id, say('policyPowerUnknown', { model, most })]);
      continue;
    }
    const rise = Math.max(0, powerLimitWatts - powerWatts);
    if (planned + rise <= most) planned += rise;
    else {
      const need = Math.ceil(planned + rise);
      withheld.push([id, say('policyPower', { model, need, most })]);
    }
  }
  return withheld;
}

function largest(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.max(a, b);
}
