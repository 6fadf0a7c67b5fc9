import { expect, it } from 'vitest';
import { measured, metricsOf } from '../gpu/telemetry.ts';
import { ManualHostClock } from '../testing/manual-host-clock.ts';
import { RunMeter } from './run-meter.ts';

const asks = { SOL: null, USDC: null };
const describeDevice = (deviceId: string) => ({
  deviceId,
  model: 'GPU',
  asks,
  electricityUsdPerKwh: null,
});
const reading = (watts: number | null, ageMs = 0) => ({
  uuid: 'a',
  ageMs,
  metrics: metricsOf({ powerWatts: measured(watts) }),
});

function setUp() {
  const clock = new ManualHostClock();
  const meter = new RunMeter({ clock, describe: describeDevice });
  const wattsOf = (id = 'run') => meter.end(id, ['a'])[0]?.watts;
  return { clock, meter, wattsOf };
}

it('weighs each reading with the time that it stands for', () => {
  const { clock, meter, wattsOf } = setUp();
  meter.begin('run', ['a']);
  clock.advance(1_000);
  meter.note([reading(100)]);
  clock.advance(3_000);
  meter.note([reading(300)]);
  meter.note([reading(300)]);
  expect(wattsOf()).toBe(250);
});

it('counts nothing that was read before the run, or that is only estimated', () => {
  const { clock, meter, wattsOf } = setUp();
  meter.begin('run', ['a']);
  clock.advance(1_000);
  meter.note([reading(400, 2_000)]);
  const estimated = { value: 400, source: 'estimated' as const };
  meter.note([{ ...reading(null), metrics: metricsOf({ powerWatts: estimated }) }]);
  expect(wattsOf()).toBeNull();
});

it('fills no gap with one reading, and knows nothing of a run that it did not see begin', () => {
  const { clock, meter, wattsOf } = setUp();
  meter.begin('run', ['a']);
  clock.advance(10_000);
  meter.note([reading(100)]);
  clock.advance(3_600_000);
  meter.note([reading(300)]);
  expect(wattsOf()).toBe(200);
  expect(wattsOf('adopted')).toBeNull();
});
