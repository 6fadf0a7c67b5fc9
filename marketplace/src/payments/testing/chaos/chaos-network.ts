import { type EmbeddedLocalnet, openEmbeddedLocalnet } from '@node3/localnet/embedded-localnet';
import type { FaultRule } from '@node3/localnet/faults/fault-rule';
import type { FaultHandle } from '@node3/localnet/faults/faults';
import { ConnectionCut } from '@node3/localnet/rpc/rpc-error';
import { silentLogger } from '@node3/shared/logger';
import { type Counts, count } from '../../../testing/counter.ts';
import type { RunTrace } from '../../../testing/run-trace.ts';
import type { RpcTransport } from '../../solana/rpc-endpoint.ts';
import type { ChaosClock } from './chaos-clock.ts';

export const slotMs = 400;
/** The RPC pool's own limit for one call. */
const callTimeoutMs = 5_000;

export interface NetworkOptions {
  seed: string;
  nodes: number;
  confirmedLagSlots: number;
  finalizedLagSlots: number;
  clock: ChaosClock;
  trace: RunTrace;
}

type Node = ReturnType<EmbeddedLocalnet['openNode']>;

/**
 * The real chain with several RPC nodes, reached without sockets. Time and slots pass together: by
 * the run's own steps, while a call hangs, and while the RPC pool pauses.
 */
export class ChaosNetwork {
  readonly localnet: EmbeddedLocalnet;
  readonly nodes: readonly Node[];
  readonly urls: readonly string[];
  readonly faults: Counts = {};
  /** Called while a call hangs, when time has passed: others go on meanwhile. */
  whileHanging: (() => Promise<void>) | null = null;
  readonly #options: NetworkOptions;
  readonly #handles: { name: string; handle: FaultHandle }[] = [];
  #partOfSlotMs = 0;

  constructor(localnet: EmbeddedLocalnet, options: NetworkOptions) {
    this.localnet = localnet;
    this.#options = options;
    this.nodes = Array.from({ length: options.nodes }, () =>
      localnet.openNode((ms) => this.#hang(ms)),
    );
    this.urls = this.nodes.map((_, index) => `http://node-${index}`);
  }

  static async open(options: NetworkOptions): Promise<ChaosNetwork> {
    const { seed, clock, confirmedLagSlots, finalizedLagSlots } = options;
    const lags = { confirmedLagSlots, finalizedLagSlots };
    const localnet = await openEmbeddedLocalnet({ seed, clock, log: silentLogger, ...lags });
    return new ChaosNetwork(localnet, options);
  }

  /** Time goes by, and the slots in it. */
  pass(ms: number): void {
    this.#options.clock.pass(ms);
    this.#partOfSlotMs += ms;
    while (this.#partOfSlotMs >= slotMs) {
      this.#partOfSlotMs -= slotMs;
      this.localnet.chain.advanceSlot();
    }
  }

  passSlots(slots: number): void {
    this.pass(slots * slotMs);
  }

  /** Days go by in which nobody needs the chain's every slot. */
  skipTime(ms: number): void {
    this.#options.clock.pass(ms);
  }

  addFault(node: number, name: string, rule: FaultRule): FaultHandle {
    const { trace } = this.#options;
    trace.add(`fault ${name} at node ${node} ${JSON.stringify(rule)}`);
    const handle = this.#node(node).faults.add(rule);
    this.#handles.push({ name, handle });
    return handle;
  }

  setLag(node: number, slots: number): void {
    this.#options.trace.add(`node ${node} lags ${slots}`);
    this.#node(node).setLagSlots(slots);
    if (slots > 0) count(this.faults, 'lagging');
  }

  /** Every fault ends now, and what they did is counted. */
  heal(): void {
    for (const { name, handle } of this.#handles.splice(0)) {
      if (handle.hits() > 0) count(this.faults, name, handle.hits());
    }
    for (const [index, node] of this.nodes.entries()) {
      node.faults.clear();
      this.setLag(index, 0);
    }
  }

  /** How a process reaches the nodes. Nothing it began before its death gets an answer. */
  transport(assertAlive: () => void): RpcTransport {
    return async ({ url, body, timeoutMs }) => {
      assertAlive();
      const index = this.urls.indexOf(url);
      const node = this.nodes[index];
      if (node === undefined) throw new Error(`there is no node at ${url}`);
      if (timeoutMs !== callTimeoutMs) throw new Error('the timeout of the pool has changed');
      const { method } = JSON.parse(body) as { method: string };
      try {
        const { text, httpStatus } = await node.post(body);
        this.#options.trace.add(`rpc ${index} ${method} ${httpStatus} ${text.length}`);
        assertAlive();
        return { status: httpStatus, localnet: true, text };
      } catch (error) {
        if (error instanceof ConnectionCut) this.#options.trace.add(`rpc ${index} ${method} cut`);
        throw error;
      }
    };
  }

  #node(index: number): Node {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`there is no node ${index}`);
    return node;
  }

  async #hang(ms: number | null): Promise<void> {
    const isOver = ms === null || ms >= callTimeoutMs;
    this.pass(isOver ? callTimeoutMs : ms);
    await this.whileHanging?.();
    if (isOver) throw new ConnectionCut('the caller has given up');
  }
}
