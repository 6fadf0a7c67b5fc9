import { Device } from '@node3/shared/device';
import { Check } from 'typebox/value';
import { expect, it } from 'vitest';
import { createDemoDetector } from '../gpu/demo/demo-detector.ts';
import { systemHostClock } from '../host-clock.ts';
import { toWireDevice } from './wire-device.ts';

it('[5.06] sends a simulated device under no real vendor’s name', async () => {
  const detector = createDemoDetector({ clock: systemHostClock });
  const { devices } = await detector.detect(new AbortController().signal);
  const sent = devices.map(toWireDevice);
  expect(sent).toMatchObject([{ vendor: 'simulated', simulated: true, memoryBytes: null }]);
  expect(sent.every((device) => Check(Device, device))).toBe(true);
});
