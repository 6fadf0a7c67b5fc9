import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import type Docker from 'dockerode';
import type { EgressPolicy } from '../egress/egress-policy.ts';
import { type Dial, EgressProxy } from '../egress/egress-proxy.ts';
import type { HostLookup } from '../egress/egress-target.ts';
import { type Firewall, type FirewallMissing, findFirewall } from '../egress/firewall.ts';
import { ExecutionError } from '../execution-error.ts';
import type { EgressStatus, ExecutionRequest, OwnedExecution } from '../executor.ts';
import { containerName } from './container-config.ts';
import { labelNames, readLabels, writeLabels } from './container-labels.ts';
import { engineMessage, engineStatus, ignoreMissing } from './engine-error.ts';

export interface JobNetworkDeps {
  docker: Docker;
  agentId: string;
  clock: Clock;
  log: Logger;
  /** null: the provider lets no job out. */
  egress: EgressPolicy | null;
  /** Tests give their own. */
  lookup?: HostLookup;
  dial?: Dial;
  findFirewall?: () => Promise<Firewall | FirewallMissing>;
}

/** What a container needs to know of its network. */
export interface JobNetwork {
  name: string;
  proxyUrl: string;
  proxyPort: number;
}

interface OpenNetwork {
  proxy: EgressProxy;
  watch: Loop;
}

/** How often the firewall rules of a running job are looked for. */
const rulesIntervalMs = 10_000;
const hostsLabel = 'node3.egress-hosts';
/** A name that no execution has: ids of executions are longer. */
const trialId = 'trial';

/**
 * The networks of jobs that may reach allowed hosts: each has one internal bridge of its own, on
 * which it finds nothing but a filtering proxy. The order matters: the network carries the labels
 * by which leftovers are found, so it comes first and goes last; its rules hold before anything is
 * on it.
 */
export class JobNetworks {
  readonly #deps: JobNetworkDeps;
  readonly #open = new Map<string, OpenNetwork>();
  #firewall: Firewall | null = null;
  #status: EgressStatus | null = null;
  #trying: Promise<EgressStatus> | null = null;

  constructor(deps: JobNetworkDeps) {
    this.#deps = deps;
  }

  /** Tries once, with a network and rules, whether jobs can be let out safely. Never throws. */
  async probe(reach: 'reachable' | 'remote'): Promise<EgressStatus> {
    // What failed may be mended; what worked is not tried again, as it makes a network.
    if (this.#status?.offered === true) return this.#status;
    this.#trying ??= this.#try(reach).finally(() => {
      this.#trying = null;
    });
    this.#status = await this.#trying;
    return this.#status;
  }

  /** @throws ExecutionError `engine_error`, `request_invalid`. */
  async open(request: ExecutionRequest, hosts: readonly string[]): Promise<JobNetwork> {
    const { executionId } = request;
    const firewall = this.#require();
    const labels = { ...writeLabels(request), [hostsLabel]: JSON.stringify(hosts) };
    await this.#createNetwork(executionId, labels);
    const { port } = await this.#guard(firewall, executionId, hosts, 0);
    const { gateway } = await this.#readNetwork(executionId);
    const name = containerName(executionId);
    return { name, proxyUrl: `http://${gateway}:${port}`, proxyPort: port };
  }

  /** Opens the proxy again where an earlier process of this agent had it. */
  async adopt(executionId: string, proxyPort: number): Promise<void> {
    if (this.#open.has(executionId)) return;
    const firewall = this.#require();
    const { hosts } = await this.#readNetwork(executionId);
    await this.#guard(firewall, executionId, hosts, proxyPort);
  }

  /**
   * Takes a running job off its network, which nothing guards any more; where that does not work the job
   * is killed. @throws the engine's error when neither worked.
   */
  async cutOff(executionId: string): Promise<void> {
    const { docker, log } = this.#deps;
    const name = containerName(executionId);
    log.error(
      { executionId },
      'the network of a job can not be guarded, so the job is taken off it',
    );
    try {
      await docker.getNetwork(name).disconnect({ Container: name, Force: true });
    } catch {
      await ignoreMissing(docker.getContainer(name).kill({ signal: 'SIGKILL' }));
    }
  }

  /** Ends what goes through and removes all traces. The job's container must be gone. */
  async remove(executionId: string): Promise<void> {
    await this.#let(executionId);
    const network = this.#deps.docker.getNetwork(containerName(executionId));
    try {
      await network.inspect();
    } catch (error) {
      if (engineStatus(error) === 404) return;
      throw error;
    }
    await this.#firewallForCleaning().then((firewall) =>
      firewall?.release(bridgeName(executionId)),
    );
    await ignoreMissing(network.remove());
  }

  /** @returns the executions of this agent that have a network, with or without a container. */
  async list(): Promise<OwnedExecution[]> {
    const { docker, agentId } = this.#deps;
    const filters = JSON.stringify({ label: [`${labelNames.agent}=${agentId}`] });
    const networks = await docker.listNetworks({ filters });
    return networks.flatMap(({ Labels }) => {
      const facts = readLabels(Labels);
      if (facts === null) return [];
      const { executionId, jobId, attempt } = facts;
      return [{ executionId, jobId, attempt, state: 'created' as const, startedAtMs: null }];
    });
  }

  /** Stops the proxies; networks and rules stay for the next process. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((executionId) => this.#let(executionId)));
  }

  async #try(reach: 'reachable' | 'remote'): Promise<EgressStatus> {
    const { egress, agentId } = this.#deps;
    if (egress === null) return { offered: false, why: 'The provider lets no job out.' };
    if (reach === 'remote') {
      const why = 'The engine’s network is not that of this machine, so no proxy can stand in it.';
      return { offered: false, why };
    }
    const found = await (this.#deps.findFirewall ?? findFirewall)();
    if ('fix' in found) return { offered: false, why: `${found.sentence} ${found.fix}` };
    this.#firewall = found;
    const id = `${trialId}-${agentId}`;
    try {
      await this.remove(id);
      await this.#createNetwork(id, { [labelNames.agent]: agentId });
      await this.#guard(found, id, [], 0);
      return { offered: true, hosts: egress.hosts, firewall: found.name };
    } catch (error) {
      return { offered: false, why: `A network of a job was tried: ${engineMessage(error)}` };
    } finally {
      await this.remove(id).catch((error: unknown) => {
        this.#deps.log.warn({ err: error }, 'the trial network was not removed');
      });
    }
  }

  async #createNetwork(executionId: string, labels: Record<string, string>): Promise<void> {
    await this.#deps.docker.createNetwork({
      Name: containerName(executionId),
      Driver: 'bridge',
      // No way out beside what this machine itself offers on the bridge.
      Internal: true,
      Attachable: false,
      EnableIPv6: false,
      CheckDuplicate: true,
      Labels: labels,
      Options: {
        'com.docker.network.bridge.name': bridgeName(executionId),
        'com.docker.network.bridge.enable_icc': 'false',
        'com.docker.network.bridge.enable_ip_masquerade': 'false',
      },
    });
  }

  /** Rules first, then the proxy, whose port the rules need to know: closed in between. */
  async #guard(
    firewall: Firewall,
    executionId: string,
    hosts: readonly string[],
    proxyPort: number,
  ): Promise<EgressProxy> {
    const { egress: policy, clock, log, lookup, dial } = this.#deps;
    const { gateway, subnet } = await this.#readNetwork(executionId);
    const bridge = bridgeName(executionId);
    if (policy === null || !existsSync(`/sys/class/net/${bridge}`)) {
      const detail = 'The engine did not make the bridge of a job’s network on this machine.';
      throw new ExecutionError('engine_error', detail);
    }
    const own = log.child({ executionId });
    const tools = { ...(lookup && { lookup }), ...(dial && { dial }) };
    const deps = { policy, clock, log: own, ...tools };
    const proxy = await EgressProxy.open(deps, hosts, { gateway, subnet, port: proxyPort });
    const door = { bridge, gateway, port: proxy.port };
    try {
      await firewall.protect(door);
    } catch (error) {
      await proxy.close();
      throw error;
    }
    let isCutOff = false;
    const watch = startLoop({
      name: 'egress-rules',
      intervalMs: rulesIntervalMs,
      log: own,
      run: async () => {
        if (await firewall.isProtected(bridge)) return;
        own.warn({ bridge }, 'the firewall rules of a job were gone and are set again');
        try {
          await firewall.protect(door);
        } catch (error) {
          if (!isCutOff) await this.cutOff(executionId);
          isCutOff = true;
          throw error;
        }
      },
    });
    this.#open.set(executionId, { proxy, watch });
    return proxy;
  }

  async #let(executionId: string): Promise<void> {
    const open = this.#open.get(executionId);
    this.#open.delete(executionId);
    await open?.watch.stop();
    await open?.proxy.close();
  }

  async #readNetwork(executionId: string) {
    const network = this.#deps.docker.getNetwork(containerName(executionId));
    const info: Docker.NetworkInspectInfo = await network.inspect();
    const [config] = info.IPAM?.Config ?? [];
    const gateway = config?.['Gateway'];
    const subnet = config?.['Subnet'];
    if (gateway === undefined || subnet === undefined) {
      throw new ExecutionError('engine_error', 'The engine gave a job’s network no address.');
    }
    const hosts: unknown = JSON.parse(info.Labels?.[hostsLabel] ?? '[]');
    return { gateway, subnet, hosts: hosts as string[] };
  }

  #require(): Firewall {
    if (this.#firewall !== null && this.#status?.offered === true) return this.#firewall;
    const why = this.#status?.offered === false ? ` ${this.#status.why}` : '';
    throw new ExecutionError('engine_error', `This machine lets no job out.${why}`);
  }

  /** Leftovers are cleaned even where the provider lets nobody out any more. */
  async #firewallForCleaning(): Promise<Firewall | null> {
    if (this.#firewall !== null) return this.#firewall;
    const found = await (this.#deps.findFirewall ?? findFirewall)();
    return 'fix' in found ? null : found;
  }
}

/** Interface names have 15 characters at most. */
export function bridgeName(executionId: string): string {
  return `n3e${createHash('sha256').update(executionId).digest('hex').slice(0, 12)}`;
}
