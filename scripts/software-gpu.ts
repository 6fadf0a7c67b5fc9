import { existsSync } from 'node:fs';
import { mustSkip } from '@node3/shared/testing/resources';

/** Chromium brings a Vulkan driver that runs on the processor. */
const driverFile = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** The environment in which WebGPU finds a program that plays a GPU, or a printed reason why not. */
export function findSoftwareGpu() {
  const missing = existsSync(driverFile) ? null : `there is no ${driverFile}`;
  const { PATH, HOME } = process.env;
  const environment = { PATH, HOME, VK_DRIVER_FILES: driverFile };
  return { environment, skip: mustSkip({ resource: 'software-gpu', missing }) };
}
