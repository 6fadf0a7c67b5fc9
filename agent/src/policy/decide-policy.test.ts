import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decidePolicy, type PolicyDevice, type PolicyFacts } from './decide-policy.ts';
import { type IdleRecord, recordUse, type UseReading } from './idle-record.ts';
import { openPolicy } from './testing/open-terms.ts';

const device: PolicyDevice = {
  id: 'gpu-1',
  model: 'A',
  modelId: 'rtx-4090',
  temperatureCelsius: 50,
  powerWatts: 20,
  powerLimitWatts: 450,
  held: false,
  quietMs: 0,
};
const facts: PolicyFacts = { nowMs: 0, onBattery: null, devices: [device] };
const minuteMs = 60_000;

const known = fc.option(fc.integer({ min: 0, max: 600 }), { nil: null });
const devices = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 7 }).map((index) => `gpu-${index}`),
    model: fc.constant('A'),
    modelId: fc.constant(null),
    temperatureCelsius: known,
    powerWatts: known,
    powerLimitWatts: known,
    held: fc.boolean(),
    quietMs: fc.option(fc.integer({ min: 0, max: 120 * minuteMs }), { nil: null }),
  }),
  { selector: ({ id }) => id, maxLength: 8 },
);

describe('decidePolicy', () => {
  it('sells everything where nothing is limited', () => {
    fc.assert(
      fc.property(devices, fc.option(fc.constant(false), { nil: null }), (all, onBattery) => {
        const { closed, withheld } = decidePolicy(openPolicy, {
          nowMs: 0,
          onBattery,
          devices: all,
        });
        expect([closed, withheld.size]).toEqual([null, 0]);
      }),
    );
  });

  it('[5.14] closes outside the hours, in the zone of the policy', () => {
    const policy = { ...openPolicy, hours: ['22:00-08:00'], timeZone: 'Europe/Madrid' };
    const at = (text: string) => decidePolicy(policy, { ...facts, nowMs: Date.parse(text) }).closed;
    expect(at('2026-07-01T20:00Z')).toBeNull();
    expect(at('2026-07-01T19:59Z')?.text).toMatch(
      /in 22:00-08:00; it is wed 21:59 in Europe\/Madrid/,
    );
  });

  it('[5.14] closes for maintenance, by the clock of the zone, and opens after it', () => {
    const maintenance = ['2026-12-24T00:00/2026-12-24T01:00', '2026-12-01T22:00/2026-12-02T06:00'];
    const policy = { ...openPolicy, maintenance, timeZone: 'Europe/Madrid' };
    const at = (text: string) => decidePolicy(policy, { ...facts, nowMs: Date.parse(text) }).closed;
    expect(at('2026-12-01T20:59Z')).toBeNull();
    expect(at('2026-12-01T21:00Z')?.text).toBe(
      'Your policy takes no new job from 2026-12-01 22:00 to 2026-12-02 06:00; it is 2026-12-01 22:00 in Europe/Madrid.',
    );
    expect(at('2026-12-02T04:59Z')).not.toBeNull();
    expect(at('2026-12-02T05:00Z')).toBeNull();
  });

  it('[5.14] stays closed through an hour that the clock shows twice, and one that it leaves out', () => {
    const closedMinutes = (maintenance: string, day: string) => {
      const policy = { ...openPolicy, maintenance: [maintenance], timeZone: 'Europe/Madrid' };
      const closed = Array.from({ length: 600 }, (_, minute) => {
        const nowMs = Date.parse(`${day}T00:00Z`) + (minute - 240) * minuteMs;
        return decidePolicy(policy, { ...facts, nowMs }).closed !== null;
      });
      const [first, last] = [closed.indexOf(true), closed.lastIndexOf(true)];
      expect(closed.slice(first, last + 1).every(Boolean)).toBe(true);
      return last + 1 - first;
    };
    // 01:00 summer time to the second 02:30; then 01:30 to 03:30, of which an hour is no time at all.
    expect(closedMinutes('2026-10-25T01:00/2026-10-25T02:30', '2026-10-25')).toBe(150);
    expect(closedMinutes('2026-03-29T01:30/2026-03-29T03:30', '2026-03-29')).toBe(60);
  });

  it('[5.14] closes on battery unless that is allowed', () => {
    const onBattery = { ...facts, onBattery: true };
    expect(decidePolicy(openPolicy, onBattery).closed?.text).toMatch(/battery/);
    expect(decidePolicy({ ...openPolicy, batteryAllowed: true }, onBattery).closed).toBeNull();
  });

  it('[5.14] opens an idle machine exactly when every device is known to have been quiet for long enough', () => {
    fc.assert(
      fc.property(devices, fc.integer({ min: 1, max: 90 }), (all, idleMinutes) => {
        const { closed } = decidePolicy({ ...openPolicy, idleMinutes }, { ...facts, devices: all });
        const quiet = all.every(
          ({ quietMs }) => quietMs !== null && quietMs >= idleMinutes * minuteMs,
        );
        expect(closed === null).toBe(quiet);
      }),
    );
  });

  it('[5.14] sells no device that is hotter than allowed, nor one of unknown temperature', () => {
    fc.assert(
      fc.property(devices, fc.integer({ min: 30, max: 120 }), (all, temperatureCelsiusMax) => {
        const policy = { ...openPolicy, temperatureCelsiusMax };
        const { withheld } = decidePolicy(policy, { ...facts, devices: all });
        const cool = all.filter(
          ({ temperatureCelsius: now }) => now !== null && now <= temperatureCelsiusMax,
        );
        expect(withheld.size).toBe(all.length - cool.length);
        expect(cool.some(({ id }) => withheld.has(id))).toBe(false);
      }),
    );
  });

  it('never sells devices that could together draw more than the policy allows', () => {
    fc.assert(
      fc.property(devices, fc.integer({ min: 1, max: 3000 }), (all, powerWattsMax) => {
        const policy = { ...openPolicy, powerWattsMax };
        const { withheld } = decidePolicy(policy, { ...facts, devices: all });
        const sold = all.filter(({ id, held }) => !held && !withheld.has(id));
        const worst = all.reduce((sum, { held, id, powerLimitWatts, powerWatts }) => {
          const limit = held || !withheld.has(id) ? (powerLimitWatts ?? 0) : 0;
          return sum + Math.max(limit, powerWatts ?? 0);
        }, 0);
        if (sold.length > 0) expect(worst).toBeLessThanOrEqual(powerWattsMax);
        expect(sold.every(({ powerLimitWatts }) => powerLimitWatts !== null)).toBe(true);
      }),
    );
    const sells = (powerWattsMax: number) =>
      decidePolicy({ ...openPolicy, powerWattsMax }, facts).withheld.size === 0;
    expect([sells(450), sells(449)]).toEqual([true, false]);
    const two = [device, { ...device, id: 'gpu-2', model: 'B' }];
    const { withheld } = decidePolicy(
      { ...openPolicy, powerWattsMax: 500 },
      { ...facts, devices: two },
    );
    expect([...withheld]).toEqual([
      ['gpu-2', expect.objectContaining({ text: expect.stringMatching(/draw 900 W; .* 500 W/) })],
    ]);
  });
});

describe('recordUse', () => {
  const run = (readings: UseReading[]) =>
    readings.reduce<IdleRecord | null>((record, reading) => recordUse(record, reading), null);
  const reading = (atMs: number, utilizationRatio: number | null, held = false): UseReading => ({
    atMs,
    utilizationRatio,
    held,
  });

  it('counts from the first quiet reading, and starts anew after use by others', () => {
    expect(run([reading(0, 0), reading(5, 0.19), reading(9, 0)])?.quietMs).toBe(9);
    expect(run([reading(0, 0), reading(5, 0.2), reading(9, 0)])?.quietMs).toBe(4);
  });

  it('knows nothing without a reading', () => {
    expect(run([reading(0, 0), reading(5, null)])?.quietMs).toBeNull();
    expect(run([reading(0, 0), reading(5, null), reading(7, 0)])?.quietMs).toBe(0);
  });

  it('takes the use by our own job, and its end, for nobody’s', () => {
    const before = [reading(0, 0), reading(5, 0)];
    const during = [reading(10, 1, true), reading(15, 1, true), reading(20, 0.9)];
    expect(run([...before, ...during])?.quietMs).toBe(5);
    expect(run([...before, ...during, reading(25, 0)])?.quietMs).toBe(10);
    expect(run([...before, ...during, reading(25, 0.5)])?.quietMs).toBe(0);
  });

  it('never says more than the time since others used the device', () => {
    const steps = fc.array(
      fc.record({
        stepMs: fc.integer({ min: 1, max: 1000 }),
        utilizationRatio: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
        held: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(steps, (all) => {
        let record: IdleRecord | null = null;
        let atMs = 0;
        let usedAtMs = 0;
        let wasHeld = false;
        for (const { held, stepMs, utilizationRatio } of all) {
          atMs += stepMs;
          const own = held || wasHeld;
          if (!own && (utilizationRatio === null || utilizationRatio >= 0.2)) usedAtMs = atMs;
          record = recordUse(record, { atMs, held, utilizationRatio });
          wasHeld = held;
          expect(record.quietMs ?? 0).toBeLessThanOrEqual(atMs - usedAtMs);
        }
      }),
    );
  });
});
