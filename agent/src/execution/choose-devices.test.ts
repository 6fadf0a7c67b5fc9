import { expect, it } from 'vitest';
import type { AgentDevice } from '../gpu/device.ts';
import { ChosenDevices } from './choose-devices.ts';

const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ id }) as AgentDevice);
const list = (...devices: (AgentDevice | undefined)[]) => devices.flatMap((one) => one ?? []);

it('[12.04] keeps all without a choice, and what stands in the places that are named', () => {
  expect(new ChosenDevices(null).of(list(a, b))).toEqual({ devices: [a, b], problems: [] });
  expect(new ChosenDevices([0, 2]).of(list(a, b, c))).toEqual({ devices: [a, c], problems: [] });
});

it('goes on with the same devices when the list changes', () => {
  const chosen = new ChosenDevices([1]);
  chosen.of(list(a, b, c));
  expect(chosen.of(list(b, c)).devices).toEqual([b]);
  expect(chosen.of(list(c)).devices).toEqual([]);
  expect(chosen.of(list(a, b, c)).devices).toEqual([b]);
});

it('says which place is empty, and looks again', () => {
  const chosen = new ChosenDevices([0, 3]);
  expect(chosen.of(list(a, b))).toMatchObject({
    devices: [a],
    problems: [{ code: 'gpu-index-missing', sentence: expect.stringContaining('names 3') }],
  });
  const found = list(a, b, c, { id: 'd' } as AgentDevice);
  expect(chosen.of(found)).toEqual({ devices: [a, found[3]], problems: [] });
});
