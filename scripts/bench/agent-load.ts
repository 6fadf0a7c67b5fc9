import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Offer } from '@node3/shared/device';
import { limits } from '@node3/shared/limits';
import { agentChannelProtocol, agentChannelUrl } from '@node3/shared/routes/agent-channel';
import type { AgentMessage, ExecutionOffer, ExecutionResult } from '@node3/shared/routes/agents';
import { type RawData, WebSocket } from 'ws';
import type { WorkerEvents } from './load-process.ts';
import type { MarketTarget } from './market-load.ts';

/** A machine that never is what a match waits for. */
export const machine: Offer = {
  devices: [],
  isolation: 'container',
  nativeAllowed: false,
  arch: 'x64',
  cpus: 4_096,
  memoryBytes: limits.memoryBytesMax,
  diskBytes: limits.diskBytesMax,
  slots: 50,
};

/** Agents on their sockets: each accepts and ends at once what it is offered, without running it. */
export async function workForMarket(target: MarketTarget, events: WorkerEvents): Promise<void> {
  const url = `${target.url.replace('http', 'ws')}${agentChannelUrl}`;
  for (const apiKey of target.agentKeys) {
    const headers = { authorization: `Bearer ${apiKey}` };
    const socket = new WebSocket(url, { headers, perMessageDeflate: false });
    await once(socket, 'open');
    new LightAgent(socket, events).begin();
  }
}

type Inbound =
  | { type: 'reply'; id: number }
  | { type: 'problem'; id: number | null }
  | ({ seq: number } & AgentMessage);

/** One agent's side of the protocol, all of whose jobs are over as soon as they began. */
class LightAgent {
  readonly #socket: WebSocket;
  readonly #events: WorkerEvents;
  /** Results that are not acknowledged, by the id of their message. */
  readonly #ending = new Set<number>();
  #outgoing: unknown[] = [];
  #messageId = 0;
  #lastSeq = 0;

  constructor(socket: WebSocket, events: WorkerEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.on('message', (data) => this.#read(data));
  }

  begin(): void {
    const instanceId = randomBytes(16).toString('hex');
    this.#put({ type: 'hello', protocol: agentChannelProtocol, instanceId });
    this.#putReady();
    this.#send();
  }

  #read(data: RawData): void {
    if (!Buffer.isBuffer(data)) return;
    const frame = JSON.parse(data.toString('utf8')) as Inbound | Inbound[];
    const endingBefore = this.#ending.size;
    for (const message of Array.isArray(frame) ? frame : [frame]) this.#take(message);
    if (this.#ending.size < endingBefore) this.#putReady();
    this.#send();
  }

  #take(message: Inbound): void {
    if (message.type === 'problem') {
      throw new Error(`a message was refused: ${JSON.stringify(message)}`);
    }
    if (message.type === 'reply') {
      if (this.#ending.delete(message.id)) this.#events.completed();
      return;
    }
    this.#lastSeq = message.seq;
    if (message.type !== 'offer') return;
    this.#events.started(sentAtOf(message));
    const { executionId, attempt, leaseToken } = message;
    const fence = { executionId, attempt, leaseToken };
    this.#put({ type: 'accept', ...fence });
    this.#ending.add(this.#put({ type: 'result', ...fence, result: success }));
  }

  /** Said again whenever room came back; offers under way are known by the last number seen. */
  #putReady(): void {
    this.#put({
      type: 'ready',
      lastSeq: this.#lastSeq,
      wantsWork: true,
      offer: machine,
      freeDeviceIds: [],
      freeCpus: machine.cpus,
      freeMemoryBytes: machine.memoryBytes,
      freeSlots: machine.slots - this.#ending.size,
    });
  }

  #put(message: Record<string, unknown>): number {
    this.#messageId += 1;
    this.#outgoing.push({ id: this.#messageId, ...message });
    return this.#messageId;
  }

  #send(): void {
    if (this.#outgoing.length === 0) return;
    this.#socket.send(JSON.stringify(this.#outgoing));
    this.#outgoing = [];
  }
}

function sentAtOf({ spec }: ExecutionOffer): number {
  const { workload } = spec as { workload: { env: { SENT_AT: string } } };
  return Number(workload.env.SENT_AT);
}

export const success: ExecutionResult = {
  outcome: 'succeeded',
  reason: 'exited',
  detail: null,
  exitCode: 0,
  runMs: 1,
  started: true,
  peakMemoryBytes: null,
  isolation: null,
  imageDigest: null,
  logLines: 0,
};
