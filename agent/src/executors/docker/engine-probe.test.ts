import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import type Docker from 'dockerode';
import { describe, expect, it } from 'vitest';
import { probeEngine, readEngineFacts, withCdi, withToolkit } from './engine-probe.ts';
import { connectEngine, listEngineAddresses, parseDockerHost } from './engine-socket.ts';

describe('probeEngine', () => {
  it('[6.26] names the missing engine and how to get it', async () => {
    const nowhere = path.join(tmpdir(), `node3-no-engine-${process.pid}`, 'docker.sock');
    const docker = connectEngine({ kind: 'socket', path: nowhere });
    const status = await probeEngine(docker, null);
    expect(status).toMatchObject({ available: false, isolationEffective: null });
    expect(status.problems).toMatchObject([
      { code: 'engine_missing', sentence: `No container engine answers at ${nowhere}.` },
    ]);
  });
});

describe('probeEngine with a busy engine', () => {
  const pingMs = 20;
  const pinged = 3;

  /** Describes itself after so many pings, and answers those or not. */
  function busyEngine(pingsUntilInfo: number, answers: boolean) {
    let pings = 0;
    const described = Promise.withResolvers<object>();
    const engine = {
      info: () => described.promise,
      version: () => Promise.resolve({}),
      ping: () => {
        pings += 1;
        if (pings === pingsUntilInfo) described.resolve({ Runtimes: {} });
        return answers ? Promise.resolve('OK') : Promise.withResolvers().promise;
      },
    };
    return engine as unknown as Docker;
  }

  it('waits for one that answers pings', async () => {
    const { problems } = await probeEngine(busyEngine(pinged, true), null, {
      pingMs,
      longestMs: 10_000,
    });
    expect(problems.map(({ code }) => code)).toEqual(['seccomp_missing']);
  });

  it.each([
    ['answers no ping', busyEngine(pinged, false)],
    ['answers pings and nothing else', busyEngine(Number.POSITIVE_INFINITY, true)],
  ])('gives up on one that %s', async (_what, engine) => {
    const { available, problems } = await probeEngine(engine, null, {
      pingMs,
      longestMs: 300,
    });
    expect(available).toBe(false);
    expect(problems.map(({ code }) => code)).toEqual(['engine_not_answering']);
  });
});

describe('readEngineFacts', () => {
  it('reads what is in force', () => {
    const report = {
      SecurityOptions: ['name=apparmor', 'name=seccomp,profile=default', 'name=userns'],
      Runtimes: { runc: {}, nvidia: {} },
      DefaultRuntime: 'runc',
      CgroupVersion: '2',
    };
    expect(readEngineFacts(report, { ApiVersion: '1.50' }, null)).toMatchObject({
      seccompProfile: 'node3',
      userNamespace: true,
      apparmor: true,
      rootless: false,
      nvidia: 'runtime',
      cgroupVersion: '2',
    });
  });

  it('threat 2: says which runc it is and that it is weak', () => {
    const version = { Components: [{ Name: 'runc', Version: '1.1.5+ds1' }] };
    const facts = readEngineFacts(
      { DefaultRuntime: 'runc', Runtimes: { runc: {} } },
      version,
      null,
    );
    expect(facts.runtimeVersion).toBe('1.1.5+ds1');
    expect(facts.weaknesses.join()).toContain('1.2.8');
  });

  it('threat 3: passes no device through a toolkit that an image takes over', () => {
    const report = { DefaultRuntime: 'crun', Runtimes: { crun: {}, nvidia: {} } };
    const facts = readEngineFacts(report, {}, null);
    expect(withToolkit(facts, '1.17.8')).toEqual(facts);
    expect(withToolkit(facts, '1.16.0')).toMatchObject({ nvidia: null });
    expect(withToolkit(facts, null)).toMatchObject({ nvidia: 'runtime' });
    expect(withToolkit(facts, null).weaknesses).toHaveLength(1);
  });

  it('promises NVIDIA devices by CDI only where a file names them so that jobs can have them', () => {
    const version = { Components: [{ Name: 'Podman Engine' }] };
    const podman = (ServerVersion: string) =>
      readEngineFacts({ ServerVersion, Runtimes: { nvidia: {} } }, version, null);
    expect(podman('4.0.3')).toMatchObject({ engine: 'podman', nvidia: null });
    const docker = readEngineFacts({ CDISpecDirs: ['/etc/cdi'] }, {}, null);
    for (const facts of [podman('4.3.1'), docker]) {
      expect(withCdi(facts, { files: 1, uuids: ['GPU-1'] })).toMatchObject({ nvidia: 'cdi' });
      // Another machine's files can't be looked at; a container is, before each job.
      expect(withCdi(facts, null)).toMatchObject({ nvidia: 'cdi' });
      expect(withCdi(facts, { files: 0, uuids: [] })).toMatchObject({ nvidia: null });
      const unnamed = withCdi(facts, { files: 1, uuids: [] });
      expect(unnamed.nvidia).toBeNull();
      expect(unnamed.weaknesses.join()).toContain('--device-name-strategy=uuid');
    }
  });
});

describe('probeEngine with Podman', () => {
  it.each([
    ['another runtime', { Name: hostname() }, 'runsc', ['runtime_other']],
    ['its own runtime', { Name: hostname() }, null, []],
    ['another machine', { Name: 'elsewhere.test' }, null, ['engine_elsewhere']],
  ])('takes no jobs where it would overlook %s', async (_what, more, runtime, codes) => {
    const report = {
      SecurityOptions: ['name=seccomp,profile=default'],
      DefaultRuntime: 'crun',
      Runtimes: { crun: {}, runsc: { path: '/usr/bin/runsc' } },
      ...more,
    };
    const parts = [
      { Name: 'Podman Engine', Version: '4.3.1' },
      { Name: 'OCI Runtime (crun)', Version: 'crun version 1.8.1\ncommit: f8a096be' },
    ];
    const engine = {
      info: () => Promise.resolve(report),
      version: () => Promise.resolve({ Components: parts }),
    };
    const status = await probeEngine(engine as unknown as Docker, runtime);
    expect(status.problems.map(({ code }) => code)).toEqual(codes);
    expect(status.available).toBe(codes.length === 0);
    if (runtime === null) expect(status.isolationEffective?.runtimeVersion).toBe('1.8.1');
  });
});

describe('engine addresses', () => {
  const input = { dockerHost: null, homeDirectory: '/home/a', runtimeDirectory: null, uid: 1000 };

  it('[6.03] looks at Docker, rootless Docker and Podman', () => {
    const paths = listEngineAddresses(input).map((each) =>
      each.kind === 'socket' ? each.path : '',
    );
    expect(paths).toEqual([
      '/var/run/docker.sock',
      '/run/user/1000/docker.sock',
      '/home/a/.docker/run/docker.sock',
      '/run/podman/podman.sock',
      '/run/user/1000/podman/podman.sock',
    ]);
  });

  it('[6.03] takes only the named one when DOCKER_HOST is set', () => {
    const named = listEngineAddresses({ ...input, dockerHost: 'unix:///x.sock' });
    expect(named).toEqual([{ kind: 'socket', path: '/x.sock' }]);
    expect(parseDockerHost('tcp://10.0.0.1:2376')).toEqual({
      kind: 'tcp',
      host: '10.0.0.1',
      port: 2376,
    });
    expect(parseDockerHost('ssh://a@b')).toBeNull();
  });
});
