import type { Offer } from '@node3/shared/device';
import { fromProblem, MarketError, type Problem } from '@node3/shared/error';
import type { LogBlock } from '@node3/shared/log-blocks';
import { toLogsFrame } from '@node3/shared/logs-frame';
import {
  type AgentRequest,
  agentChannelProtocol,
  agentChannelUrl,
} from '@node3/shared/routes/agent-channel';
import type { AgentMessage, ExecutionOffer, ExecutionResult } from '@node3/shared/routes/agents';
import { WebSocket } from 'ws';
import { fenceOf, successResult } from './test-agent.ts';
import { testOffer } from './test-marketplace.ts';

type Numbered = AgentMessage & { seq: number };

/** The agent's side of the socket by hand, without an agent. */
export class TestAgentSocket {
  readonly socket: WebSocket;
  /** Every frame as it came. */
  readonly frames: string[] = [];
  /** Messages that nobody asked for yet. */
  readonly messages: Numbered[] = [];
  /** Problems that answer no request. */
  readonly problems: MarketError[] = [];
  readonly closed: Promise<number>;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #waiting: (() => void)[] = [];
  #nextId = 1;
  lastSeq = 0;

  constructor(url: string, apiKey: string) {
    const address = url.replace('http', 'ws') + agentChannelUrl;
    this.socket = new WebSocket(address, { headers: { authorization: `Bearer ${apiKey}` } });
    this.socket.on('message', (data) => this.#receive((data as Buffer).toString()));
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code) => {
        for (const { reject } of this.#pending.values()) reject(new Error(`closed: ${code}`));
        this.#pending.clear();
        resolve(code);
      });
    });
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('error', reject);
    });
    return this;
  }

  async hello(instanceId = 'instance-0000000001'): Promise<unknown> {
    return this.call('hello', { protocol: agentChannelProtocol, instanceId });
  }

  ready(machine: Partial<Offer> = {}, changes: object = {}): Promise<unknown> {
    return this.call('ready', this.readyFields(machine, changes));
  }

  readyFields(machine: Partial<Offer> = {}, changes: object = {}) {
    const offer = testOffer(machine);
    return {
      offer,
      lastSeq: this.lastSeq,
      wantsWork: true,
      freeDeviceIds: offer.devices.map(({ id }) => id),
      freeCpus: offer.cpus,
      freeMemoryBytes: offer.memoryBytes,
      freeSlots: offer.slots,
      ...changes,
    };
  }

  call(type: AgentRequest['type'], fields: object): Promise<unknown> {
    const [answer] = this.send([{ type, fields }]);
    return answer ?? Promise.reject(new Error('nothing was sent'));
  }

  /** Sends lines of log as one frame of bytes. */
  sendBytes(fields: { blocks: LogBlock[]; [name: string]: unknown }): Promise<unknown> {
    const { message, answer } = this.#number('logs', fields);
    this.socket.send(toLogsFrame(message));
    return answer;
  }

  #number<Fields extends object>(type: AgentRequest['type'], fields: Fields) {
    const id = this.#nextId;
    this.#nextId += 1;
    const pending = Promise.withResolvers<unknown>();
    // Some answers are awaited later than they come, and some never.
    pending.promise.catch(() => undefined);
    this.#pending.set(id, pending);
    return { message: { id, type, ...fields }, answer: pending.promise };
  }

  /** Sends requests in one frame. @returns their answers. */
  send(requests: readonly { type: AgentRequest['type']; fields: object }[]): Promise<unknown>[] {
    const numbered = requests.map(({ type, fields }) => this.#number(type, fields));
    this.socket.send(JSON.stringify(numbered.map(({ message }) => message)));
    return numbered.map(({ answer }) => answer);
  }

  /** The next message of a kind, now or when it comes. */
  async next<T extends AgentMessage['type']>(type: T): Promise<Extract<Numbered, { type: T }>> {
    for (;;) {
      const at = this.messages.findIndex((message) => message.type === type);
      const [found] = at < 0 ? [] : this.messages.splice(at, 1);
      if (found !== undefined) {
        this.lastSeq = Math.max(this.lastSeq, found.seq);
        return found as Extract<Numbered, { type: T }>;
      }
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  accept(offer: ExecutionOffer): Promise<unknown> {
    return this.call('accept', about(offer));
  }

  async run(offer: ExecutionOffer): Promise<void> {
    await this.accept(offer);
    await this.call('progress', { ...about(offer), phase: 'running' });
  }

  report(offer: ExecutionOffer, result: Partial<ExecutionResult> = {}): Promise<unknown> {
    return this.call('result', { ...about(offer), result: { ...successResult, ...result } });
  }

  #receive(text: string): void {
    this.frames.push(text);
    const frame = JSON.parse(text) as unknown;
    for (const message of Array.isArray(frame) ? frame : [frame]) this.#handle(message);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #handle(message: Record<string, unknown>): void {
    if (message['seq'] !== undefined) {
      this.messages.push(message as Numbered);
      return;
    }
    const pending = this.#pending.get(Number(message['id']));
    this.#pending.delete(Number(message['id']));
    if (message['type'] === 'reply') {
      pending?.resolve(message['body']);
      return;
    }
    const problem = message['problem'] as Problem;
    const error = fromProblem(problem.status, problem);
    if (pending === undefined) this.problems.push(error);
    else pending.reject(error);
  }
}

/** The fields by which every message about an execution names it. */
export function about(offer: ExecutionOffer) {
  return { executionId: offer.executionId, ...fenceOf(offer) };
}
