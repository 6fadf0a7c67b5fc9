import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommandRunner } from '../command-runner.ts';
import { detectDevices } from '../detect-devices.ts';
import { createGpuDetectors } from '../gpu-detectors.ts';
import { memoryFiles } from '../testing/memory-files.ts';
import { createStubTools, type StubTools } from '../testing/stub-tool.ts';

const signal = new AbortController().signal;
let tools: StubTools;
beforeEach(() => {
  tools = createStubTools();
});
afterEach(() => tools.remove());

function pci(address: string, ids: string, driver: string | null): Record<string, string> {
  const folder = `/sys/bus/pci/devices/${address}`;
  const [vendor = '', device = '', classId = '030000'] = ids.split(':');
  return {
    [`${folder}/class`]: `0x${classId}`,
    [`${folder}/vendor`]: `0x${vendor}`,
    [`${folder}/device`]: `0x${device}`,
    [`${folder}/revision`]: '0xa1',
    ...(driver !== null && { [`${folder}/driver->`]: `../../../bus/pci/drivers/${driver}` }),
  };
}

function detect(contents: Record<string, string>, platform: NodeJS.Platform = 'linux') {
  const clock = new ManualClock();
  const runner = createCommandRunner({ environment: { PATH: tools.directory } });
  const files = memoryFiles(contents);
  const detectors = createGpuDetectors('hardware', { runner, clock, files, platform });
  return detectDevices({ detectors, clock, log: silentLogger }, signal);
}

describe('cards that nothing can use', () => {
  it.each([
    ['10de:2684', 'nouveau', /RTX 4090.*0000:01:00.0.*the driver nouveau/, /NVIDIA driver/],
    ['10de:2684', null, /no driver/, /NVIDIA driver/],
    ['10de:2684', 'nvidia', /does not list it/, /dmesg/],
    ['1002:74a1:120000', null, /MI300X/, /modprobe amdgpu/],
    ['8086:56a0', null, /Arc A770/, /kernel/],
  ])('%s with the driver %s', async (ids, driver, sentence, fix) => {
    const found = await detect(pci('0000:01:00.0', ids, driver));
    expect(found).toMatchObject({ status: 'error', devices: [] });
    expect(found.problems).toHaveLength(1);
    expect(found.problems[0]?.sentence).toMatch(sentence);
    expect(found.problems[0]?.fix).toMatch(fix);
  });

  it('tells of a card that only Vulkan shows, where there is no PCI bus to look at', async () => {
    tools.add(
      'vulkaninfo',
      `printf 'Devices:\n========\nGPU0:\n\tvendorID  = 0x10de\n\tdeviceID  = 0x2684\n'
       printf '\tdeviceType = PHYSICAL_DEVICE_TYPE_DISCRETE_GPU\n\tdeviceName = NVIDIA GeForce RTX 4090\n'
       printf 'GPU1:\n\tvendorID = 0x10005\n\tdeviceID = 0x0000\n'
       printf '\tdeviceType = PHYSICAL_DEVICE_TYPE_CPU\n\tdeviceName = llvmpipe (LLVM 19)\n'`,
    );
    const found = await detect({});
    expect(found).toMatchObject({ status: 'error', devices: [] });
    expect(found.problems).toMatchObject([{ code: 'gpu-not-answering' }]);
    expect(found.results.flatMap(({ tried }) => tried ?? [])).toContain(
      'Vulkan (NVIDIA GeForce RTX 4090, llvmpipe (LLVM 19) is software)',
    );
  });

  it('takes no program that plays a card for one', async () => {
    tools.add(
      'clinfo',
      `echo "[POCL/0]    CL_DEVICE_NAME    cpu-haswell"
       echo "[POCL/0]    CL_DEVICE_TYPE    CL_DEVICE_TYPE_CPU"`,
    );
    const found = await detect({});
    expect(found).toMatchObject({ status: 'unavailable', problems: [] });
    expect(found.results.flatMap(({ tried }) => tried ?? [])).toContain(
      'OpenCL (cpu-haswell is software)',
    );
  });

  it.each([
    ['the graphics of a processor', pci('0000:00:02.0', '8086:a780', null)],
    ['an NPU', pci('0000:00:0b.0', '8086:7d1d:120000', null)],
    ['the screen of a virtual machine', pci('0000:00:01.0', '1af4:1050', 'virtio-pci')],
    ['a card given to a virtual machine', pci('0000:01:00.0', '10de:2684', 'vfio-pci')],
    ['a network card', pci('0000:01:00.0', '10de:1af1:020000', null)],
  ])('says nothing about %s', async (_name, contents) => {
    expect(await detect(contents)).toMatchObject({ status: 'unavailable', problems: [] });
  });

  it('takes the names of lspci where it is installed', async () => {
    tools.add(
      'lspci',
      'echo "0000:01:00.0 3D controller [0302]: NVIDIA Corporation GX999 [Nova 9] [10de:9999] (rev a1)"',
    );
    const found = await detect(pci('0000:01:00.0', '10de:9999', null));
    expect(found.problems[0]?.sentence).toContain('Nova 9');
  });
});

describe('graphics cards of Windows', () => {
  it('names those that jobs cannot reach, with their real memory', async () => {
    tools.add(
      'powershell',
      `case "$*" in
         *Win32_VideoController*) printf '%s' '[{"Name":"AMD Radeon RX 9070","PNPDeviceID":"PCI\\\\VEN_1002&DEV_7550&REV_C0"},{"Name":"Parsec Virtual Display Adapter"},{"Name":"NVIDIA GeForce RTX 3080","DriverVersion":"31.0.15.3699","PNPDeviceID":"PCI\\\\VEN_10DE&DEV_2206"}]' ;;
         *) printf '%s' '{"MatchingDeviceId":"pci\\\\ven_1002&dev_7550","HardwareInformation.qwMemorySize":17095983104}' ;;
       esac`,
    );
    const found = await detect({}, 'win32');
    expect(found.devices).toEqual([]);
    expect(found.problems.map(({ code }) => code)).toEqual([
      'gpu-not-supported',
      'gpu-without-driver',
    ]);
    expect(found.problems[0]?.sentence).toContain('AMD Radeon RX 9070 (15.9 GiB)');
  });
});
