import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Offer } from '@node3/shared/device';
import { limits } from '@node3/shared/limits';
import { agentChannelProtocol, agentChannelUrl } from '@node3/shared/routes/agent-channel';
import type { AgentMessage, ExecutionOffer } from '@node3/shared/routes/agents';
import { WebSocket } from 'ws';
import { success } from '../bench/agent-load.ts';

/** What each job writes, so that a reader knows what it must get. */
export const linesPerJob = 5;
export const lineOf = (jobId: string, line: number) => `${jobId} line ${line}`;

const slots = 4;
const heartbeatMs = 5_000;
/** Whoever answers none for so long stands still: the agent goes elsewhere. */
const beatsLateMax = 2;
const machine: Offer = {
  devices: [],
  isolation: 'container',
  nativeAllowed: false,
  arch: 'x64',
  cpus: 64,
  memoryBytes: 64 * 1024 ** 3,
  diskBytes: 1024 ** 4,
  slots,
};

type Inbound =
  | { type: 'reply'; id: number }
  | { type: 'problem'; id: number | null; problem: { code: string } }
  | ({ seq: number } & AgentMessage);

interface Work {
  offer: ExecutionOffer;
  /** What was answered so far: accept, start, lines, result. */
  done: number;
}

/** Answers after which an agent has nothing more to say about an execution. */
const over = new Set(['LEASE_STALE', 'RESULT_CONFLICT', 'EXECUTION_NOT_FOUND']);

/**
 * An agent without a workload: it does what the protocol asks, says again what was not answered, and
 * goes to another replica whenever its socket ends.
 */
export class RoamingAgent {
  readonly runs: string[] = [];
  readonly #apiKey: string;
  readonly #urls: readonly string[];
  readonly #instanceId = randomBytes(16).toString('hex');
  readonly #works = new Map<string, Work>();
  readonly #asked = new Map<number, Work | null>();
  #socket: WebSocket | null = null;
  #id = 0;
  #lastSeq = 0;
  /** The last heartbeat, and how many times since it was time for another one. */
  #lastBeat = { id: 0, late: 0 };
  #stopped = false;
  #beating: NodeJS.Timeout;

  constructor(urls: readonly string[], apiKey: string) {
    this.#urls = urls;
    this.#apiKey = apiKey;
    this.#beating = setInterval(() => this.#beat(), heartbeatMs);
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#beating);
    this.#socket?.terminate();
  }

  #connect(): void {
    if (this.#stopped) return;
    const url = this.#urls[Math.floor(Math.random() * this.#urls.length)] ?? '';
    const socket = new WebSocket(url.replace('http', 'ws') + agentChannelUrl, {
      headers: { authorization: `Bearer ${this.#apiKey}` },
      handshakeTimeout: 5_000,
    });
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('open', () => this.#greet());
    socket.on('message', (data) => {
      const frame = JSON.parse((data as Buffer).toString()) as Inbound | Inbound[];
      for (const message of Array.isArray(frame) ? frame : [frame]) this.#take(message);
    });
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#asked.clear();
      void sleep(20 + Math.random() * 300).then(() => this.#connect());
    });
  }

  #greet(): void {
    this.#lastSeq = 0;
    this.#ask('hello', { protocol: agentChannelProtocol, instanceId: this.#instanceId }, null);
    for (const work of this.#works.values()) this.#goOn(work);
    this.#ready();
    this.#beat();
  }

  #take(message: Inbound): void {
    if (message.type === 'reply' || message.type === 'problem') {
      const work = message.id === null ? null : (this.#asked.get(message.id) ?? null);
      if (message.id !== null) this.#asked.delete(message.id);
      if (work !== null)
        this.#answered(work, message.type === 'reply' ? null : message.problem.code);
      return;
    }
    this.#lastSeq = message.seq;
    if (message.type === 'offer') this.#offered(message);
    else if (message.type === 'cancel') this.#end(message.executionId);
  }

  #offered(offer: ExecutionOffer): void {
    if (this.#works.has(offer.executionId)) return;
    this.runs.push(offer.jobId);
    const work = { offer, done: 0 };
    this.#works.set(offer.executionId, work);
    this.#goOn(work);
  }

  #answered(work: Work, code: string | null): void {
    if (code === null) work.done += 1;
    if (work.done === 4 || (code !== null && over.has(code))) {
      this.#end(work.offer.executionId);
      return;
    }
    // Refused for now: the marketplace stops, or can't write.
    if (code === null) this.#goOn(work);
    else void sleep(200).then(() => this.#works.has(work.offer.executionId) && this.#goOn(work));
  }

  #goOn(work: Work): void {
    const { executionId, attempt, leaseToken, jobId } = work.offer;
    const fence = { executionId, attempt, leaseToken };
    const lines = Array.from({ length: linesPerJob }, (_, line) => ({
      stream: 'stdout',
      atMs: line,
      text: lineOf(jobId, line),
      partial: false,
    }));
    const steps = [
      () => this.#ask('accept', fence, work),
      () => this.#ask('progress', { ...fence, phase: 'running' }, work),
      () => this.#ask('logs', { ...fence, seqFirst: 1, lines }, work),
      () => this.#ask('result', { ...fence, result: { ...success, logLines: linesPerJob } }, work),
    ];
    steps[work.done]?.();
  }

  #end(executionId: string): void {
    if (this.#works.delete(executionId)) this.#ready();
  }

  #ready(): void {
    this.#ask(
      'ready',
      {
        lastSeq: this.#lastSeq,
        wantsWork: true,
        offer: machine,
        freeDeviceIds: [],
        freeCpus: machine.cpus,
        freeMemoryBytes: machine.memoryBytes,
        freeSlots: Math.max(0, slots - this.#works.size),
      },
      null,
    );
  }

  #beat(): void {
    const isAnswered = !this.#asked.has(this.#lastBeat.id);
    this.#lastBeat.late = isAnswered ? 0 : this.#lastBeat.late + 1;
    if (this.#lastBeat.late >= beatsLateMax) {
      this.#socket?.terminate();
      return;
    }
    const executions = [...this.#works.values()]
      .slice(0, limits.agentMessagesPerFrame)
      .map(({ offer: { executionId, attempt, leaseToken } }) => ({
        executionId,
        attempt,
        leaseToken,
      }));
    this.#ask('heartbeat', { executions, samples: [] }, null);
    if (isAnswered) this.#lastBeat.id = this.#id;
  }

  #ask(type: string, fields: object, work: Work | null): void {
    const socket = this.#socket;
    if (socket === null || socket.readyState !== WebSocket.OPEN) return;
    this.#id += 1;
    this.#asked.set(this.#id, work);
    socket.send(JSON.stringify({ id: this.#id, type, ...fields }));
  }
}
