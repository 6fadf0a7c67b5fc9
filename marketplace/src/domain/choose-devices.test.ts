import { expect, it } from 'vitest';
import { chooseDevices } from './choose-devices.ts';
import { gib, sampleDevice } from './testing/matching-samples.ts';

const small = (id: string) => sampleDevice({ id, modelId: 'rtx-3060', memoryBytes: 12 * gib });
const big = (id: string) => sampleDevice({ id, modelId: 'h100-sxm', memoryBytes: 80 * gib });
const idsOf = (devices: ReturnType<typeof small>[], count: number) =>
  chooseDevices(devices, count).map(({ id }) => id);

it('takes the smallest device that suffices', () => {
  expect(idsOf([big('b1'), small('s1'), big('b2')], 1)).toEqual(['s1']);
});

it('takes devices of one model where there are enough of them', () => {
  expect(idsOf([big('b1'), small('s1'), big('b2')], 2)).toEqual(['b1', 'b2']);
  expect(idsOf([big('b1'), small('s1'), big('b2'), small('s2')], 2)).toEqual(['s1', 's2']);
});

it('mixes models where no one is there often enough, the small ones first', () => {
  expect(idsOf([big('b1'), small('s1'), small('s2')], 3)).toEqual(['s1', 's2', 'b1']);
});

it('uses up a device of unknown size first, and does not mind the order', () => {
  const unknown = sampleDevice({ id: 'u', modelId: null, memoryBytes: null });
  expect(idsOf([small('s1'), unknown], 1)).toEqual(['u']);
  expect(idsOf([unknown, small('s1')], 1)).toEqual(['u']);
});
