import { expect, it } from 'vitest';
import { sampleContainer, sampleRequest } from '../../testing/sample-request.ts';
import { buildContainerConfig, type EngineTraits, noParts } from './container-config.ts';
import { writePodmanSpec } from './podman-spec.ts';

const traits: EngineTraits = {
  engine: 'podman',
  seccompProfile: '/etc/profile.json',
  runtime: 'runc',
  nvidia: 'cdi',
  apparmor: true,
  diskSpeed: { bytesPerSec: 64e6, engineDisk: '/dev/sda' },
};
const image = { id: 'sha256:1', volumes: ['/data'], env: ['LD_PRELOAD=/evil.so', 'NVIDIA_X=all'] };
const workload = sampleContainer({
  image: 'busybox',
  command: ['a'],
  env: { A: 'b=c' },
  stdin: 'x',
});
const devices = [{ uuid: 'GPU-1', vendor: 'nvidia' as const }];
const request = sampleRequest({ agentId: 'agt_1', executionId: 'exe_1', workload, devices });
const config = buildContainerConfig(request, image, traits, {
  ...noParts,
  secretsDirectory: '/run/node3/exe_1',
});

it('threat 4: says all that holds a container in, and what devices it gets', () => {
  const text = writePodmanSpec(config);
  expect(JSON.parse(text)).toMatchObject({
    name: 'n3-exe_1',
    image: 'sha256:1',
    command: ['a'],
    env: { A: 'b=c' },
    unsetenv: ['LD_PRELOAD', 'LD_AUDIT', 'NVIDIA_X'],
    httpproxy: false,
    stdin: true,
    user: '65534:65534',
    netns: { nsmode: 'none' },
    read_only_filesystem: true,
    cap_drop: ['ALL'],
    no_new_privileges: true,
    seccomp_profile_path: '/etc/profile.json',
    apparmor_profile: 'docker-default',
    volumes: expect.arrayContaining([
      { Name: 'n3-exe_1-input', Dest: '/input', Options: ['ro', 'nocopy'] },
      { Name: 'n3-exe_1-output', Dest: '/output', Options: ['rw', 'nocopy'] },
      { Name: 'n3-exe_1-output', Dest: '/outputs', Options: ['rw', 'nocopy'] },
    ]),
    devices: [{ path: 'nvidia.com/gpu=GPU-1' }],
    ipcns: { nsmode: 'private' },
    cgroupns: { nsmode: 'private' },
    resource_limits: {
      memory: { limit: 134_217_728, swap: 134_217_728 },
      cpu: { shares: 256, period: 100_000, quota: 100_000 },
      pids: { limit: 64 },
    },
    throttleReadBpsDevice: { '/dev/sda': { rate: 64e6 } },
    throttleWriteIOPSDevice: { '/dev/sda': { rate: 977 } },
  });
  // A number that JavaScript has no room for.
  expect(text).toContain(
    '{"type":"memlock","hard":18446744073709551615,"soft":18446744073709551615}',
  );
  const { mounts } = JSON.parse(text) as { mounts: { destination: string; options: string[] }[] };
  expect(mounts.map(({ destination }) => destination).sort()).toEqual(
    ['/data', '/run', '/run/secrets', '/tmp', '/var/tmp'].sort(),
  );
  expect(mounts.at(-1)).toMatchObject({
    source: '/run/node3/exe_1',
    options: ['ro', 'private', 'bind'],
  });
});

it.each([
  [{ ...config, MacAddress: 'x' }, 'MacAddress'],
  [{ ...config, StopSignal: 'SIGKILL' }, 'StopSignal'],
  [{ ...config, HostConfig: { ...config.HostConfig, CapAdd: ['ALL'] } }, 'CapAdd'],
  [{ ...config, HostConfig: { ...config.HostConfig, Privileged: true } }, 'Privileged'],
  [{ ...config, HostConfig: { ...config.HostConfig, SecurityOpt: ['label=x'] } }, 'label=x'],
])('leaves nothing out that it has no word for: %#', (changed, name) => {
  expect(() => writePodmanSpec(changed)).toThrow(`Podman is not told ${name} along with devices.`);
});

it('takes no job with a network', () => {
  const HostConfig = { ...config.HostConfig, NetworkMode: 'n3-exe_1' };
  expect(() => writePodmanSpec({ ...config, HostConfig })).toThrow(/devices or a network/);
});

it('keeps what a job says as text, and a share of a CPU that is no round number whole', () => {
  const number = '18446744073709551615';
  const odd = sampleRequest({
    agentId: 'agt_1',
    executionId: 'exe_1',
    workload: sampleContainer({ image: 'busybox', command: [number], env: { A: number } }),
    devices,
  });
  const host = buildContainerConfig(odd, image, traits, noParts);
  const HostConfig = { ...host.HostConfig, NanoCpus: 333_333_333 };
  const text = writePodmanSpec({ ...host, HostConfig });
  expect(JSON.parse(text)).toMatchObject({
    command: [number],
    env: { A: number },
    resource_limits: { cpu: { quota: 33_333 } },
  });
});
