import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleContainer, sampleRequest } from '../../testing/sample-request.ts';
import type { ExecutionDevice, ExecutionRequest } from '../executor.ts';
import { buildContainerConfig, type EngineTraits } from './container-config.ts';

const mebibyte = 1024 * 1024;
const traits: EngineTraits = {
  engine: 'docker',
  seccompProfile: '{"profile":true}',
  runtime: 'runc',
  nvidia: 'runtime',
  apparmor: false,
  diskSpeed: { bytesPerSec: 100 * mebibyte, engineDisk: '/dev/sda' },
};
const image = { id: 'sha256:1234', volumes: [], env: [] };

function build(change: Partial<ExecutionRequest> = {}): ExecutionRequest {
  const command = ['echo', '$(id); "hi"'];
  return sampleRequest({
    executionId: 'exe_1',
    jobId: 'job_1',
    attempt: 2,
    agentId: 'agt_1',
    workload: sampleContainer({ image: 'busybox', command, env: { A: 'b=c' } }),
    limits: {
      cpus: 0.5,
      memoryBytes: 512 * mebibyte,
      diskBytes: 100 * mebibyte,
      shmBytes: 64 * mebibyte,
      pidsMax: 256,
      runMs: 60_000,
      logBytesMax: 8 * mebibyte,
    },
    ...change,
  });
}

const device = (vendor: ExecutionDevice['vendor'], more: Partial<ExecutionDevice> = {}) => ({
  uuid: 'GPU-1',
  vendor,
  ...more,
});

describe('buildContainerConfig', () => {
  it('[6.09] [6.10] [6.11] builds exactly this hardened container', async () => {
    const config = buildContainerConfig(build(), image, traits);
    const text = `${JSON.stringify(config, null, 2)}\n`;
    await expect(text).toMatchFileSnapshot('./container-config.golden.txt');
  });

  it('threat 16: limits the disk of the engine and that of the output', () => {
    const parts = { secretsDirectory: null, network: null, outputDevice: '/dev/loop7' };
    const { HostConfig } = buildContainerConfig(build(), image, traits, parts);
    const rate = (Rate: number) => ['/dev/sda', '/dev/loop7'].map((Path) => ({ Path, Rate }));
    expect(HostConfig).toMatchObject({
      BlkioDeviceReadBps: rate(100 * mebibyte),
      BlkioDeviceWriteBps: rate(100 * mebibyte),
      BlkioDeviceReadIOps: rate(1_600),
      BlkioDeviceWriteIOps: rate(1_600),
    });
    const unlimited = { ...traits, diskSpeed: null };
    const plain = buildContainerConfig(build(), image, unlimited, parts);
    expect(JSON.stringify(plain)).not.toContain('Blkio');
  });

  it('asks Podman for the same in its own words', () => {
    const podman = { ...traits, engine: 'podman' as const, seccompProfile: '/agent/profile.json' };
    const { HostConfig } = buildContainerConfig(build(), image, podman);
    const asDocker = buildContainerConfig(build(), image, traits).HostConfig;
    const size = 'nosuid,nodev,size=';
    expect(HostConfig).toEqual({
      ...asDocker,
      SecurityOpt: ['no-new-privileges:true', 'seccomp=/agent/profile.json'],
      LogConfig: {
        Type: 'json-file',
        Config: { 'max-size': '16777216', 'max-file': '2', mode: 'blocking' },
      },
      Binds: [
        'n3-exe_1-input:/input:ro,nocopy',
        'n3-exe_1-input:/inputs:ro,nocopy',
        'n3-exe_1-output:/output:rw,nocopy',
        'n3-exe_1-output:/outputs:rw,nocopy',
      ],
      Mounts: [],
      Tmpfs: {
        '/tmp': `rw,exec,${size}268435456,U,notmpcopyup`,
        '/var/tmp': `rw,exec,${size}268435456,U,notmpcopyup`,
        '/run': `rw,noexec,${size}1048576,U,notmpcopyup`,
      },
      Ulimits: [...(asDocker?.Ulimits ?? []), { Name: 'nproc', Soft: 32_768, Hard: 32_768 }],
    });
  });

  it('threats 5, 6: takes no part of the engine’s options from a job, whatever is in it', () => {
    const hostile = JSON.stringify({ Privileged: true, Binds: ['/:/host'], PidMode: 'host' });
    const text = fc.oneof(fc.string(), fc.constant(hostile), fc.constant('--privileged'));
    const expected = buildContainerConfig(build(), image, traits).HostConfig;
    const workload = fc.record({
      kind: fc.constant('container' as const),
      image: text,
      command: fc.option(fc.array(text)),
      entrypoint: fc.option(fc.array(text)),
      workdir: fc.option(text),
      env: fc.dictionary(fc.constantFrom('A', 'HostConfig', 'BINDS'), text),
      stdin: fc.option(text),
      HostConfig: fc.constant({ Privileged: true, Binds: ['/:/host'] }),
    });
    fc.assert(
      fc.property(workload, (each) => {
        const nul = Object.values(each.env).some((value) => value.includes('\0'));
        if (nul) return;
        const built = buildContainerConfig(build({ workload: each }), image, traits);
        expect(built.HostConfig).toEqual(expected);
        expect(Object.keys(built).toSorted()).not.toContain('Privileged');
      }),
    );
  });

  it('[2.18] [6.05] starts a script as a file, its input copied by a constant shell text', () => {
    const workload = {
      kind: 'script',
      language: 'python',
      code: 'print("$(reboot)")',
      image: 'python',
      env: {},
    } as const;
    const plain = buildContainerConfig(build({ workload }), image, traits);
    expect(plain).toMatchObject({ Entrypoint: ['python3', '-u', '/job/main.py'], Cmd: [] });
    const fed = buildContainerConfig(build({ workload: { ...workload, input: 1 } }), image, traits);
    expect(fed.Entrypoint).toEqual([
      'sh',
      '-c',
      'cat "$INPUT_DIR/input.json" > /tmp/input.json && exec "$@"',
      'job',
      'python3',
      '-u',
      '/job/main.py',
    ]);
  });

  it('limits the volumes an image declares', () => {
    const declared = { ...image, volumes: ['/data', '/output'] };
    const { HostConfig } = buildContainerConfig(build(), declared, traits);
    expect(Object.keys(HostConfig?.Tmpfs ?? {})).toEqual(['/data', '/tmp', '/run']);
  });

  it.each(['/', '/proc', '/proc/sys/', '/sys/fs/cgroup', '/dev', '/x/../proc'])(
    'refuses an image with a volume over %s',
    (path) => {
      const declared = { ...image, volumes: [path] };
      expect(() => buildContainerConfig(build(), declared, traits)).toThrow('system files');
    },
  );

  it('reads the paths of declared volumes as the engine does', () => {
    const declared = {
      ...image,
      volumes: ['/data/', '/data', '/output/', '/x/../outputs', '/inputs'],
    };
    const { HostConfig } = buildContainerConfig(build(), declared, traits);
    expect(Object.keys(HostConfig?.Tmpfs ?? {})).toEqual(['/data', '/tmp', '/run']);
  });

  it('builds exactly this container for a job that may reach some hosts', async () => {
    const network = { name: 'n3-exe_1', proxyUrl: 'http://172.18.0.1:40001', proxyPort: 40_001 };
    const request = build({ network: { egressHosts: ['example.com'] } });
    const plain = buildContainerConfig(build(), image, traits);
    const parts = { secretsDirectory: null, network, outputDevice: null };
    const config = buildContainerConfig(request, image, traits, parts);
    const { NetworkMode, ...rest } = config.HostConfig ?? {};
    expect(NetworkMode).toBe('n3-exe_1');
    expect({ ...rest, NetworkMode: 'none' }).toEqual(plain.HostConfig);
    expect(config.Env).toEqual([
      ...(plain.Env ?? []),
      ...['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'].map(
        (name) => `${name}=http://172.18.0.1:40001`,
      ),
      'NO_PROXY=localhost,127.0.0.1',
      'no_proxy=localhost,127.0.0.1',
    ]);
  });

  it('[6.01] names NVIDIA devices by id and never all of them', () => {
    const config = buildContainerConfig(build({ devices: [device('nvidia')] }), image, traits);
    expect(config.HostConfig?.DeviceRequests).toEqual([
      { Driver: 'nvidia', DeviceIDs: ['GPU-1'], Capabilities: [['gpu', 'compute', 'utility']] },
    ]);
    expect(config.Env).toContain('NVIDIA_VISIBLE_DEVICES=GPU-1');
    // Bare names: taken out of what the image sets.
    expect(config.Env).toEqual(expect.arrayContaining(['LD_PRELOAD', 'LD_AUDIT']));
    expect(buildContainerConfig(build(), image, traits).Env).not.toContain('LD_PRELOAD');
    expect(config.HostConfig?.Runtime).toBeUndefined();
    const cdi = buildContainerConfig(build({ devices: [device('nvidia')] }), image, {
      ...traits,
      nvidia: 'cdi',
    });
    expect(cdi.HostConfig?.DeviceRequests).toEqual([
      { Driver: 'cdi', DeviceIDs: ['nvidia.com/gpu=GPU-1'] },
    ]);
  });

  it.each([
    ['docker', /toolkit is missing/],
    ['podman', /no CDI file of this machine/],
  ] as const)('says why %s gives no NVIDIA device', (engine, why) => {
    const request = build({ devices: [device('nvidia')] });
    const without = { ...traits, engine, nvidia: null };
    expect(() => buildContainerConfig(request, image, without)).toThrow(why);
  });

  it('[6.02] passes only the leased render node of an AMD device', () => {
    const devices = [device('amd', { renderNode: '/dev/dri/renderD129', groupIds: [44, 109] })];
    const { HostConfig } = buildContainerConfig(build({ devices }), image, traits);
    expect(HostConfig?.Devices).toEqual([
      { PathOnHost: '/dev/kfd', PathInContainer: '/dev/kfd', CgroupPermissions: 'rw' },
      {
        PathOnHost: '/dev/dri/renderD129',
        PathInContainer: '/dev/dri/renderD129',
        CgroupPermissions: 'rw',
      },
    ]);
    expect(HostConfig?.GroupAdd).toEqual(['44', '109']);
  });

  it.each([
    ['a device path that is not a render node', device('intel', { renderNode: '/dev/sda' })],
    ['an AMD device without a node', device('amd')],
    ['an Apple device', device('apple')],
  ])('refuses %s', (_name, leased) => {
    const request = build({ devices: [leased] });
    expect(() => buildContainerConfig(request, image, traits)).toThrow(
      expect.objectContaining({ reason: 'gpu_error' }),
    );
  });

  it('refuses NVIDIA devices where the engine cannot pass them', () => {
    const request = build({ devices: [device('nvidia')] });
    expect(() => buildContainerConfig(request, image, { ...traits, nvidia: null })).toThrow(
      expect.objectContaining({ reason: 'gpu_error' }),
    );
  });

  it.each([{ memoryBytes: 0 }, { pidsMax: -1 }, { cpus: Number.NaN }, { logBytesMax: 1.5 }])(
    'refuses the limit %o',
    (wrong) => {
      const request = build({ limits: { ...build().limits, ...wrong } });
      expect(() => buildContainerConfig(request, image, traits)).toThrow(
        expect.objectContaining({ reason: 'request_invalid' }),
      );
    },
  );

  it('refuses an execution id that could name something else', () => {
    const request = build({ executionId: '../x' });
    expect(() => buildContainerConfig(request, image, traits)).toThrow(/execution id/);
  });
});
