import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sampleRequest } from '../../testing/sample-request.ts';
import { egressPolicyFor } from '../egress/egress-policy.ts';
import { type Firewall, findFirewall } from '../egress/firewall.ts';
import type { ExecutionOutcome, ExecutionRequest } from '../executor.ts';
import { containerName } from './container-config.ts';
import { DockerExecutor, type DockerExecutorDeps } from './docker-executor.ts';
import { findTestEngine } from './docker-test-engine.ts';
import { jailProbe } from './jail-probe.ts';
import { bridgeName } from './job-networks.ts';

const { docker, skip, prepareImage } = await findTestEngine();
const firewall = await findFirewall();
const missing = 'sentence' in firewall ? firewall.sentence : null;
const skipped = mustSkip({ resource: 'firewall', missing }) || skip;
const agentId = `agt_egress_${process.pid}`;
const never = new AbortController().signal;

/** What the names of the test lead to; connections go to servers of this machine instead. */
const names: Record<string, string[]> = {
  'allowed.example.com': ['93.184.216.34'],
  'private.example.com': ['192.168.1.1'],
  'rebound.example.com': ['93.184.216.34', '127.0.0.1'],
  'loopback.example.com': ['127.0.0.1'],
};

describe.skipIf(skipped)('a job that may reach some hosts', () => {
  let image = '';
  let website: Server;
  /** A service of this machine that listens on all addresses, as many do. */
  let service: Server;
  const executors: DockerExecutor[] = [];

  beforeAll(async () => {
    image = await prepareImage();
    website = createHttpServer((request, reply) => {
      reply.end(`${request.method} ${request.headers.host}${request.url}`);
    });
    service = createServer((socket) => socket.end('reached'));
    await Promise.all([listen(website, '127.0.0.1'), listen(service, '0.0.0.0')]);
  });
  afterAll(async () => {
    for (const executor of executors) {
      for (const { executionId } of await executor.list()) await executor.remove(executionId);
      await executor.close();
    }
    website.close();
    service.close();
  });

  function make(changes: Partial<DockerExecutorDeps> = {}): DockerExecutor {
    const egress = egressPolicyFor(['*.example.com']);
    const networkTools = {
      lookup: async (host: string) => names[host] ?? [],
      dial: () => connect({ port: portOf(website), host: '127.0.0.1', allowHalfOpen: true }),
    };
    const executor = new DockerExecutor({
      docker,
      agentId,
      clock: systemClock,
      log: silentLogger,
      egress,
      networkTools,
      ...changes,
    });
    executors.push(executor);
    return executor;
  }

  function build(code: string, env: Record<string, string> = {}): ExecutionRequest {
    const workload = { kind: 'script' as const, language: 'python' as const, code, image, env };
    const request = sampleRequest({ agentId, workload });
    const network = { egressHosts: Object.keys(names) };
    return { ...request, network, limits: { ...request.limits, runMs: 120_000 } };
  }

  async function finish(executor: DockerExecutor, executionId: string) {
    const stdout: string[] = [];
    const [outcome]: [ExecutionOutcome, void] = await Promise.all([
      executor.wait(executionId, never),
      executor.logs(executionId, {}, ({ text }) => void stdout.push(text), never),
    ]);
    return { outcome, stdout };
  }

  it('[6.09] reaches what is allowed and hears why the rest is not', async () => {
    const executor = make();
    const request = build(`
import urllib.request, urllib.error
for url in ('http://allowed.example.com/x?y=1', 'http://other.example.com/', 'http://private.example.com/',
            'http://rebound.example.com/', 'http://loopback.example.com/', 'http://allowed.example.com:8080/',
            'http://93.184.216.34/', 'https://allowed.example.com:22/'):
    try:
        print(urllib.request.urlopen(url, timeout=5).read().decode())
    except urllib.error.HTTPError as error:
        print(error.code, url)
    except urllib.error.URLError as error:
        print(str(error.reason)[:40], url)`);
    await executor.start(request);
    const { stdout } = await finish(executor, request.executionId);
    expect(stdout).toEqual([
      'GET allowed.example.com/x?y=1',
      '403 http://other.example.com/',
      '403 http://private.example.com/',
      '403 http://rebound.example.com/',
      '403 http://loopback.example.com/',
      '403 http://allowed.example.com:8080/',
      '403 http://93.184.216.34/',
      'Tunnel connection failed: 403 Forbidden https://allowed.example.com:22/',
    ]);
  });

  it('threats 1, 20, 21, 22, 23: is blocked at every probe of the jail, and from services and other jobs', async () => {
    const executor = make();
    const peer = build(`
import socket, time
server = socket.create_server(('0.0.0.0', 7000))
print('listening', flush=True)
time.sleep(100)`);
    await executor.start(peer);
    await vi.waitFor(
      async () => expect(await firstLine(executor, peer.executionId)).toBe('listening'),
      30_000,
    );
    const { NetworkSettings } = await docker
      .getContainer(containerName(peer.executionId))
      .inspect();
    const peerAddress = Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
    expect(peerAddress).toMatch(/^\d/);
    const port = portOf(service);
    const request = build(jailProbe, {
      PROBE_PORTS: String(port),
      PROBE_PEERS: [`${peerAddress}:7000`, ...ownAddresses().map((a) => `${a}:${port}`)].join(','),
    });
    await executor.start(request);
    const { outcome, stdout } = await finish(executor, request.executionId);
    await executor.remove(peer.executionId);
    expect(stdout.filter((line) => !line.startsWith('blocked '))).toEqual(['end of probes']);
    expect(stdout.filter((line) => line.includes(`port ${port}`)).length).toBeGreaterThan(1);
    expect(stdout.length).toBeGreaterThan(160);
    expect(outcome.exitCode).toBe(0);
  });

  it('keeps its way out when the agent is killed, and leaves neither network nor rules behind', async () => {
    const earlier = make();
    const request = build(`
import time, urllib.request, sys
def fetch():
    return urllib.request.urlopen('http://allowed.example.com/', timeout=5).read().decode()
print(fetch(), flush=True)
for _ in range(400):
    time.sleep(0.1)
    try:
        fetch()
    except OSError:
        print('cut off', flush=True)
        break
while True:
    time.sleep(0.1)
    try:
        print(fetch(), flush=True)
        break
    except OSError:
        pass`);
    const { executionId } = request;
    await earlier.start(request);
    await vi.waitFor(
      async () => expect(await firstLine(earlier, executionId)).toMatch(/^GET/),
      30_000,
    );
    await earlier.close();
    const later = make();
    const lines: string[] = [];
    expect(await later.list()).toContainEqual(expect.objectContaining({ executionId }));
    const bridge = bridgeName(executionId);
    expect(rules().includes(bridge)).toBe(true);
    // The job must have noticed before the proxy is back.
    await vi.waitFor(async () => {
      const logs = await docker.getContainer(containerName(executionId)).logs({ stdout: true });
      expect(logs.toString()).toContain('cut off');
    }, 20_000);
    await later.adopt(executionId);
    const sink = ({ text }: { text: string }) => void lines.push(text);
    await later.logs(executionId, {}, sink, never);
    expect(lines).toEqual(['GET allowed.example.com/', 'cut off', 'GET allowed.example.com/']);
    await later.remove(executionId);
    expect(rules().includes(bridge)).toBe(false);
    expect(
      await docker.listNetworks({
        filters: JSON.stringify({ name: [containerName(executionId)] }),
      }),
    ).toEqual([]);
  });

  it('loses its network when its rules are gone and can not be set again, or by a new agent', async () => {
    if ('sentence' in firewall) throw new Error('there is a firewall');
    let isBroken = false;
    const working: Firewall = firewall;
    const failing: Firewall = {
      name: working.name,
      release: (bridge) => working.release(bridge),
      isProtected: async (bridge) => !isBroken && (await working.isProtected(bridge)),
      async protect(door) {
        if (isBroken) throw new Error('No rules.');
        await working.protect(door);
      },
    };
    const findFirewall = async () => failing;
    const networksOf = async ({ executionId }: ExecutionRequest) => {
      const facts = await docker.getContainer(containerName(executionId)).inspect();
      expect(facts.State.Running).toBe(true);
      return Object.keys(facts.NetworkSettings.Networks);
    };
    const code = 'import time\ntime.sleep(100)';
    const [watched, adopted] = [build(code), build(code)];
    const [executor, earlier, later] = [1, 2, 3].map(() =>
      make({ networkTools: { findFirewall } }),
    );
    await executor?.start(watched);
    await earlier?.start(adopted);
    await earlier?.close();
    await later?.probe();
    expect(await networksOf(adopted)).toHaveLength(1);
    isBroken = true;
    await later?.adopt(adopted.executionId);
    expect(await networksOf(adopted)).toEqual([]);
    await vi.waitFor(async () => expect(await networksOf(watched)).toEqual([]), 30_000);
    isBroken = false;
    for (const { executionId } of [watched, adopted]) await later?.remove(executionId);
  });

  it('is found and removed when only its network is left', async () => {
    const executor = make();
    const request = build('print(1)');
    const { executionId } = request;
    await executor.start(request);
    await finish(executor, executionId);
    await executor.close();
    await docker.getContainer(containerName(executionId)).remove({ force: true, v: true });
    for (const kind of ['input', 'output', 'code']) {
      await docker.getVolume(`${containerName(executionId)}-${kind}`).remove();
    }
    const later = make();
    expect(await later.list()).toContainEqual(
      expect.objectContaining({ executionId, state: 'created' }),
    );
    await later.remove(executionId);
    expect(await later.list()).not.toContainEqual(expect.objectContaining({ executionId }));
    expect(rules().includes(bridgeName(executionId))).toBe(false);
  });

  it('is not offered, with the reason, where the provider or the machine does not let it', async () => {
    const without = await make({ egress: null }).probe();
    expect(without.egress).toEqual({ offered: false, why: 'The provider lets no job out.' });
    const bare = make({
      networkTools: { findFirewall: async () => ({ sentence: 'No tool.', fix: 'Install it.' }) },
    });
    expect((await bare.probe()).egress).toEqual({ offered: false, why: 'No tool. Install it.' });
    await expect(bare.start(build('print(1)'))).rejects.toMatchObject({ reason: 'engine_error' });
    const remote = await make({ volumesReachable: false }).probe();
    expect(remote.egress).toMatchObject({ offered: false });
    const status = await make().probe();
    expect(status.egress).toMatchObject({ offered: true, hosts: ['*.example.com'] });
    expect(rules().includes(bridgeName(`trial-${agentId}`))).toBe(false);
  });
});

async function firstLine(executor: DockerExecutor, executionId: string): Promise<string> {
  const stop = new AbortController();
  let first = '';
  const sink = ({ text }: { text: string }) => {
    first ||= text;
    stop.abort();
  };
  await executor.logs(executionId, {}, sink, stop.signal);
  return first;
}

/** All rules of this machine, as its firewall lists them. */
function rules(): string {
  if ('sentence' in firewall) return '';
  const listing = { encoding: 'utf8', stdio: 'pipe' } as const;
  if (firewall.name === 'nftables') return execFileSync('nft', ['list', 'ruleset'], listing);
  return execFileSync('iptables-save', [], listing);
}

/** Of all networks of this machine, those of other jobs and of its router among them. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flat()
    .flatMap((each) => (each?.family === 'IPv4' && !each.internal ? [each.address] : []));
}

async function listen(server: Server, host: string): Promise<void> {
  server.listen(0, host);
  await once(server, 'listening');
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
