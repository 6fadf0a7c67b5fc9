import { status as grpcStatus, type ServerDuplexStream } from '@grpc/grpc-js';
import type { DeviceSample, Offer } from '@node3/shared/device';
import { isMarketError, MarketError, toProblem } from '@node3/shared/error';
import { grpcLimits } from '@node3/shared/grpc-limits';
import { limits } from '@node3/shared/limits';
import type { AgentMessage, ExecutionOffer } from '@node3/shared/routes/agents';
import type { AgentLink } from '../../services/agent-links.ts';
import { heartbeatAgent } from '../../services/heartbeat-agent.ts';
import { JobTaking } from '../../services/job-taking.ts';
import { messagesOwed } from '../../services/messages-owed.ts';
import type { AgentPresence } from '../../services/presence.ts';
import type { AgentRow } from '../../store/rows.ts';
import type { GrpcDeps } from '../grpc-deps.ts';
import { CallEnd } from '../grpc-errors.ts';
import { toProtoTime } from '../proto-time.ts';
import { assertReported } from './assert-reported.ts';
import { type HeldJob, HeldJobs } from './held-jobs.ts';
import { toRunJob } from './run-job.ts';
import {
  type LogEntry,
  type Progress,
  type WorkerJobs,
  workerJobs,
  wrong,
} from './worker-messages.ts';
import { toWorkerOffer, type WorkerInfo } from './worker-offer.ts';
import type { JobResult } from './worker-result.ts';
import { toSamples, type WorkerStats } from './worker-stats.ts';
import { changeWorkerStatus, leavingStatuses } from './worker-status.ts';

/** hodei.WorkerMessage, with the one payload that was given. */
export interface WorkerMessage {
  message_id: string;
  payload?: keyof Payloads;
  heartbeat?: Payloads['heartbeat'];
  log?: Payloads['log'];
  log_batch?: Payloads['log_batch'];
  result?: Payloads['result'];
  stats?: Payloads['stats'];
  status?: Payloads['status'];
  ack?: Payloads['ack'];
  self_terminate?: Payloads['self_terminate'];
  progress?: Payloads['progress'];
}

interface Payloads {
  heartbeat: { status: string; running_job_ids: string[]; worker_info: WorkerInfo | null };
  log: LogEntry;
  log_batch: { job_id: string; entries: LogEntry[] };
  result: JobResult;
  stats: WorkerStats;
  status: { status: string; reason: string };
  ack: { message_id: string; success: boolean; error_message: string };
  self_terminate: { reason: string };
  progress: Progress;
}

export type WorkerCall = ServerDuplexStream<WorkerMessage, object>;

/** The id of the message that gives a job names its execution: its acknowledgement accepts that. */
const runPrefix = 'run-';

/**
 * The stream of one worker of Hodei. It knows jobs and no leases: they are kept here, and put to
 * whatever it says. Nothing is held that the store does not have.
 */
export class WorkerSession implements AgentLink {
  readonly #deps: GrpcDeps;
  readonly #call: WorkerCall;
  readonly #agent: AgentRow;
  readonly #instanceId: string;
  readonly #held: HeldJobs;
  readonly #jobs: WorkerJobs;
  readonly #taking: JobTaking;
  #presence: AgentPresence | null = null;
  #offer: Offer | null = null;
  #samples: DeviceSample[] = [];
  #wantsWork = true;
  #seq = 0;
  #heardAtMs: number;
  #ended = false;

  constructor(deps: GrpcDeps, call: WorkerCall, agent: AgentRow) {
    const { agentId, wallet, name: agentName } = agent;
    this.#deps = deps;
    this.#call = call;
    this.#agent = agent;
    this.#instanceId = deps.ids.secret(18);
    this.#held = new HeldJobs(deps.leases);
    this.#jobs = workerJobs(deps, agentId);
    this.#taking = new JobTaking(deps, {
      agentId,
      wallet,
      agentName,
      send: (offer) => this.#offerJob(offer),
    });
    this.#heardAtMs = deps.clock.monotonicMs();
  }

  /** Handles the messages one after the other, no faster than they are done, until one side ends. */
  async run(keyId: string): Promise<void> {
    const { agentId } = this.#agent;
    const { agentLinks, keyHolders, measures, stopping } = this.#deps;
    const leaveKey = keyHolders.hold(agentId, keyId, (why) => this.end(why));
    const closed = measures.streams.opened('grpc');
    const onStop = () => this.#fail(new MarketError('SERVICE_STOPPING'));
    stopping.addEventListener('abort', onStop);
    const timer = setInterval(() => this.#look(), grpcLimits.workerKeepAliveMs);
    const before = agentLinks.of(agentId);
    const leaveLinks = agentLinks.open(agentId, this);
    try {
      before?.end(new MarketError('AGENT_SUPERSEDED', { agentId }));
      await this.#open();
      // One that is destroyed could not be told how it ended.
      for await (const message of this.#call.iterator({ destroyOnReturn: false })) {
        if (this.#ended) break;
        await this.#receive(message as WorkerMessage);
        // A worker that leaves may keep its side open.
        if (this.#ended) break;
      }
    } catch (error) {
      // A stream that was cancelled breaks off: that is no failure.
      if (!this.#call.cancelled) this.#fail(error);
    } finally {
      clearInterval(timer);
      stopping.removeEventListener('abort', onStop);
      this.#ended = true;
      leaveKey();
      leaveLinks();
      closed();
      if (this.#presence !== null) this.#deps.presence.left(this.#presence);
      await this.#taking.stop();
      this.#call.end();
    }
  }

  say(message: AgentMessage): void {
    if (message.type === 'offer') this.#offerJob(message);
    else if (message.type === 'cancel')
      this.#stopJob(message.executionId, 'The job was cancelled.');
    else this.#send({ drain: { draining: message.type === 'drain' } });
  }

  refresh(): void {
    this.#taking.refresh();
  }

  /** It has reported this job in another way: what it had is free. */
  reported(jobId: string): void {
    const held = this.#held.find(jobId);
    if (held !== null) this.#held.drop(held);
    this.#offerCapacity().catch((error: unknown) => this.#fail(error));
  }

  end(reason: MarketError): void {
    this.#fail(reason);
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#call.emit('error', this.#deps.statusOf(error));
  }

  /** What a stream before this one left: what the worker still runs, and what it has to hear. */
  async #open(): Promise<void> {
    const { agentId } = this.#agent;
    const { homes, pollTurns, presence, store } = this.#deps;
    this.#presence = presence.seen(this.#agent, this.#instanceId);
    // It said what it offers when it registered; another replica may have stored it.
    this.#offer = presence.offerOf(this.#agent);
    await pollTurns.end(agentId);
    await homes.arrive(agentId, this.#instanceId);
    for (const execution of await store.liveExecutions(agentId)) this.#held.restore(execution);
    for (const message of await messagesOwed(this.#deps, agentId)) {
      if (message.type === 'offer') this.#taking.note(this.#offerJob(message), message);
      else this.say(message);
    }
    await this.#offerCapacity();
  }

  /** Says what is free: what the marketplace itself knows of it. */
  async #offerCapacity(): Promise<void> {
    const offer = this.#offer;
    if (offer === null || this.#ended) return;
    const { agentId, wallet } = this.#agent;
    const { freeDeviceIds, freeCpus, freeMemoryBytes, freeSlots } = this.#deps.work.capacityOf({
      agentId,
      wallet,
      offer,
    });
    const free = { freeDeviceIds: [...freeDeviceIds], freeCpus, freeMemoryBytes, freeSlots };
    await this.#taking.ready({ lastSeq: this.#seq, wantsWork: this.#wantsWork, offer, ...free });
  }

  #offerJob(offer: ExecutionOffer): number {
    this.#seq += 1;
    this.#held.add(offer);
    const run = toRunJob(offer, this.#deps.marketplaceUrl);
    this.#send({ message_id: `${runPrefix}${offer.executionId}`, run_job: run });
    return this.#seq;
  }

  #stopJob(executionId: string, reason: string): void {
    const held = this.#held.byExecution(executionId);
    if (held === null || held.isStopped) return;
    held.isStopped = true;
    const cancel = { job_id: held.jobId, reason, grace_ms: grpcLimits.cancelGraceMs };
    this.#send({ cancel });
  }

  /** A reader that reads no more is let go: what it missed comes again on its next stream. */
  #send(message: object): void {
    if (this.#ended) return;
    this.#call.write(message);
    if (this.#call.writableLength <= grpcLimits.workerBacklog) return;
    this.#deps.measures.streams.dropped('grpc');
    const why = 'Too many messages wait for this worker to read them.';
    this.#fail(new CallEnd(grpcStatus.RESOURCE_EXHAUSTED, why));
  }

  #look(): void {
    const silentMs = this.#deps.clock.monotonicMs() - this.#heardAtMs;
    if (silentMs >= limits.agentSilentMs) {
      const why = `The worker said nothing for ${limits.agentSilentMs / 1_000} seconds.`;
      this.#fail(new CallEnd(grpcStatus.DEADLINE_EXCEEDED, why));
    } else this.#send({ keep_alive: { timestamp: toProtoTime(this.#deps.clock.nowMs()) } });
  }

  /** What is wrong with one message is that message's own problem, and the stream goes on. */
  async #receive(message: WorkerMessage): Promise<void> {
    const { presence } = this.#deps;
    this.#heardAtMs = this.#deps.clock.monotonicMs();
    try {
      // Throws for a stream that another one has taken the place of.
      this.#presence = presence.seen(this.#agent, this.#instanceId);
      const acked = await this.#handle(message);
      this.#acknowledge(message, { success: true, acked_sequence: acked });
    } catch (error) {
      const isEnd =
        isMarketError(error, 'AGENT_SUPERSEDED') || isMarketError(error, 'AGENT_DISABLED');
      if (isEnd || !isMarketError(error) || error.status >= 500) throw error;
      const { code, detail, fix, errors = [] } = toProblem(error);
      const fields = errors.map(({ pointer, detail: text }) => `${pointer} ${text}`).join('; ');
      this.#acknowledge(message, {
        success: false,
        error_message: fields === '' ? detail : fields,
        error_code: code,
        error_fix: fix,
      });
    }
  }

  #acknowledge({ message_id: messageId, payload }: WorkerMessage, ack: object): void {
    if (messageId === '' || payload === 'ack') return;
    this.#send({ ack: { message_id: messageId, ...ack } });
  }

  /** @returns the last line that is stored, for what is about a log. */
  async #handle(message: WorkerMessage): Promise<number> {
    const { heartbeat, log, log_batch: batch, result, stats, status, ack, progress } = message;
    if (heartbeat) await this.#heartbeat(heartbeat);
    else if (log) return this.#jobs.log(await this.#taken(log.job_id), [log]);
    else if (batch) return this.#jobs.log(await this.#taken(batch.job_id), batch.entries);
    else if (result) await this.#result(result);
    else if (stats) this.#samples = toSamples(stats);
    else if (status) await this.#status(status.status);
    else if (ack) await this.#acked(ack);
    else if (progress) await this.#progress(progress);
    else if (message.self_terminate) await this.#leave();
    else throw wrong('/payload', 'is needed');
    return 0;
  }

  /** A job of this worker: whatever it says of one shows that it has taken it. */
  async #taken(jobId: string): Promise<HeldJob> {
    const held = this.#held.find(jobId);
    if (held === null) throw new MarketError('LEASE_STALE', { jobId });
    if (!held.isTaken) await this.#take(held);
    return held;
  }

  async #take(held: HeldJob): Promise<void> {
    await this.#jobs.accept(held);
    held.isTaken = true;
  }

  /** One that others have by now is no reason to let the leases of the rest end. */
  async #takeIfHeld(held: HeldJob): Promise<void> {
    try {
      await this.#take(held);
    } catch (error) {
      if (!isMarketError(error, 'LEASE_STALE')) throw error;
      this.#heed(held.executionId, 'stop');
    }
  }

  async #acked({ message_id: messageId, success }: Payloads['ack']): Promise<void> {
    if (!messageId.startsWith(runPrefix)) return;
    const held = this.#held.byExecution(messageId.slice(runPrefix.length));
    if (held === null) return;
    if (success) {
      await this.#take(held);
      return;
    }
    this.#held.drop(held);
    await this.#jobs.release(held);
    await this.#offerCapacity();
  }

  async #heartbeat(said: Payloads['heartbeat']): Promise<void> {
    const { running_job_ids: running, worker_info: info } = said;
    if (info !== null) this.#noteOffer(info);
    const isNamed = ({ jobId }: HeldJob) => running.includes(jobId);
    const kept = this.#held.all.filter((held) =>
      running.length > 0 ? isNamed(held) : held.isTaken,
    );
    for (const held of kept) if (!held.isTaken) await this.#takeIfHeld(held);
    const { executions } = await heartbeatAgent(this.#deps, this.#agent, {
      instanceId: this.#instanceId,
      executions: kept.filter(({ isTaken }) => isTaken),
      samples: this.#samples,
    });
    for (const { executionId, verdict } of executions) this.#heed(executionId, verdict);
    this.#wantsWork = !leavingStatuses.has(said.status);
    await this.#offerCapacity();
  }

  #heed(executionId: string, verdict: 'continue' | 'cancel' | 'stop'): void {
    if (verdict === 'cancel') this.#stopJob(executionId, 'The job was cancelled.');
    if (verdict !== 'stop') return;
    this.#stopJob(executionId, 'The job is not this worker’s any more.');
    const held = this.#held.byExecution(executionId);
    if (held !== null) this.#held.drop(held);
  }

  #noteOffer(info: WorkerInfo): void {
    const offer = toWorkerOffer(info);
    if (this.#presence !== null) this.#deps.presence.noteOffer(this.#presence, offer);
    this.#offer = this.#presence?.offer ?? offer;
  }

  async #status(word: string): Promise<void> {
    await changeWorkerStatus(this.#deps, this.#agent.agentId, word);
    this.#wantsWork = !leavingStatuses.has(word);
    await this.#offerCapacity();
  }

  async #progress(said: Progress): Promise<void> {
    const held = await this.#taken(said.job_id);
    const isStop = await this.#jobs.progress(held, said);
    if (isStop) this.#stopJob(held.executionId, 'The job was cancelled.');
  }

  async #result(result: JobResult): Promise<void> {
    const { job_id: jobId, success } = result;
    const held = this.#held.find(jobId);
    if (held === null) {
      await assertReported(this.#deps, this.#agent.agentId, { jobId, success });
      return;
    }
    try {
      if (!held.isTaken) await this.#take(held);
      await this.#jobs.result(held, result);
    } catch (error) {
      // It is the worker's still, and so is a report that is right.
      if (!isMarketError(error, 'REQUEST_INVALID')) this.#held.drop(held);
      throw error;
    }
    this.#held.drop(held);
    await this.#offerCapacity();
  }

  /** It ends by itself: what it has not started goes to others at once, the rest when its leases end. */
  async #leave(): Promise<void> {
    this.#wantsWork = false;
    await this.#taking.stop();
    for (const held of this.#held.all.filter(({ isTaken }) => !isTaken)) {
      this.#held.drop(held);
      await this.#jobs.release(held);
    }
    this.#ended = true;
  }
}
