import { canonicalJson } from '@node3/shared/canonical-json';
import { limits } from '@node3/shared/limits';
import type { Core } from '../../core.ts';
import { hashText } from '../../services/api-key.ts';
import type { Store } from '../../store/store.ts';
import type { AnswerOf, AskOf, OperationName } from './operations.ts';
import type { SimMarket } from './sim-market.ts';
import type { VirtualTime } from './virtual-time.ts';

interface FencedClaim {
  agentId: string;
  executionId: string;
  attempt: number;
  leaseToken: string;
}

/** An end is stored some milliseconds after the time that it bears, where many are judged at once. */
const decisionMsMax = 1_000;

/**
 * Remembers what the marketplace has told others, and nothing that it only did: a renewal whose
 * process died before its answer is no promise. Looks at once whether it may say such a thing.
 */
export class SimWitness {
  /** By account and key: the job that was acknowledged. */
  readonly posted = new Map<string, string>();
  /** By job: when its cancellation was acknowledged. */
  readonly cancelled = new Map<string, number>();
  /** By execution: the result that was taken. */
  readonly results = new Map<string, string>();
  /** By execution: how many lines were acknowledged. */
  readonly logged = new Map<string, number>();
  /** By execution: until when its agent was told that nobody takes it away. */
  readonly promisedUntilMs = new Map<string, number>();
  readonly accepted = new Set<string>();
  /** By agent: until when it may not have heard that it was shut out. */
  readonly shutOutUntilMs = new Map<string, number>();
  readonly #time: VirtualTime;
  readonly #market: SimMarket;
  readonly #findings: Set<string>;
  #askedAtMs = 0;

  constructor(time: VirtualTime, market: SimMarket, findings: Set<string>) {
    this.#time = time;
    this.#market = market;
    this.#findings = findings;
  }

  /** `askedAtMs`: when the marketplace began with what it now answers. */
  answered<Name extends OperationName>(
    name: Name,
    ask: AskOf<Name>,
    answer: AnswerOf<Name>,
    askedAtMs: number,
  ): void {
    this.#askedAtMs = askedAtMs;
    this.#notes[name](ask, answer);
  }

  /** The process died with this: it may be on the disk all the same. */
  leftUnanswered<Name extends OperationName>(name: Name, ask: AskOf<Name>): void {
    if (name === 'order') this.#ordered(ask as AskOf<'order'>);
  }

  /** Downtime is no fault of an agent: whatever was alive is so for one more lease at least. */
  async restarted({ store }: Core): Promise<void> {
    for (const { executionId } of await store.liveExecutions(null)) this.#promise(executionId);
  }

  readonly #notes: {
    [Name in OperationName]: (ask: AskOf<Name>, answer: AnswerOf<Name>) => void;
  } = {
    post: ({ accountId, key }, { jobId }) => this.#posted(`${accountId} ${key}`, jobId),
    postMany: ({ accountId, key }, { rows }) => {
      for (const [index, row] of rows.entries()) {
        if ('jobId' in row) this.#posted(`${accountId} ${key}:${index}`, row.jobId);
      }
    },
    rerun: ({ accountId, key }, { jobId }) => this.#posted(`${accountId} ${key}`, jobId),
    cancel: ({ jobId }) => {
      const nowMs = this.#time.monotonicMs();
      this.cancelled.set(jobId, this.cancelled.get(jobId) ?? nowMs);
    },
    poll: ({ agentId }, { messages }) => {
      for (const message of messages) {
        if (message.type !== 'offer') continue;
        const { executionId, attempt, leaseToken } = message;
        this.#checkHolder('offer', { agentId, executionId, attempt, leaseToken });
      }
    },
    heartbeat: ({ agentId, body }, { executions }) => {
      for (const [index, { executionId, verdict }] of executions.entries()) {
        const asked = body.executions[index];
        if (verdict === 'stop' || asked === undefined) continue;
        this.#promise(executionId);
        this.#checkHolder('heartbeat', { agentId, ...asked });
      }
    },
    accept: (ask, { leaseMs }) => {
      this.accepted.add(ask.executionId);
      // 0 says that the lease is over, and promises nothing.
      if (leaseMs > 0) this.#promise(ask.executionId, leaseMs);
      this.#checkFenced('accept', ask);
    },
    progress: (ask) => this.#checkFenced('progress', ask),
    logs: (ask, { ackedSeq }) => {
      const before = this.logged.get(ask.executionId) ?? 0;
      this.logged.set(ask.executionId, Math.max(before, ackedSeq));
      this.#checkOwner('logs', claimOf(ask));
    },
    result: (ask) => {
      const { executionId } = ask;
      const text = canonicalJson(ask.result);
      const earlier = this.results.get(executionId) ?? text;
      this.results.set(executionId, earlier);
      if (earlier !== text) this.#find(`two different results of ${executionId} were accepted`);
      this.#checkOwner('result', claimOf(ask));
    },
    release: (ask) => this.#checkOwner('release', claimOf(ask)),
    order: (ask) => this.#ordered(ask),
  };

  /** The operator takes what an agent has, whether it hears of it or not; its leases end by themselves. */
  #ordered({ agentId, order }: AskOf<'order'>): void {
    if (order !== 'disable') return;
    this.shutOutUntilMs.set(agentId, this.#time.monotonicMs() + limits.leaseMs);
  }

  #posted(key: string, jobId: string): void {
    const earlier = this.posted.get(key) ?? jobId;
    this.posted.set(key, earlier);
    if (earlier !== jobId) this.#find(`key ${key} made ${earlier} and then ${jobId}`);
  }

  #promise(executionId: string, leaseMs: number = limits.leaseMs): void {
    const untilMs = this.#time.monotonicMs() + leaseMs;
    const before = this.promisedUntilMs.get(executionId) ?? 0;
    this.promisedUntilMs.set(executionId, Math.max(before, untilMs));
  }

  #checkFenced(what: string, ask: AskOf<'accept'>): void {
    this.#checkHolder(what, claimOf(ask));
  }

  /** Only who holds the job is answered as its holder. */
  #checkHolder(what: string, claim: FencedClaim): void {
    this.#checkOwner(what, claim);
    const { isShared } = this.#market;
    // An answer of a database elsewhere is on its way while others write: it was so at some time since
    // it was asked.
    const sinceMs = isShared ? this.#askedAtMs - decisionMsMax : this.#time.nowMs();
    this.#look(async (store) => {
      const execution = await store.execution(claim.executionId);
      const job = execution === null ? null : await store.job(execution.jobId);
      const isOver = execution?.finishedAtMs != null && execution.finishedAtMs < sinceMs;
      const isOthers = !isShared && job !== null && job.executionId !== claim.executionId;
      if (isOver || isOthers) {
        this.#find(`${what} of ${claim.executionId} was accepted, which does not hold the job`);
      }
    });
  }

  #checkOwner(what: string, { agentId, executionId, attempt, leaseToken }: FencedClaim): void {
    this.#look(async (store) => {
      const execution = await store.execution(executionId);
      const fits =
        execution?.agentId === agentId &&
        execution.attempt === attempt &&
        execution.leaseHash === hashText(leaseToken);
      if (!fits)
        this.#find(`${what} of ${executionId} was accepted from ${agentId}, not its agent`);
    });
  }

  /** Reads what is on the disk now. Nothing in it waits, so nothing else happens meanwhile. */
  #look(read: (store: Store) => Promise<void>): void {
    const store = this.#market.running?.rawStore;
    if (store !== undefined) void read(store);
  }

  #find(what: string): void {
    this.#findings.add(what);
  }
}

function claimOf({ agentId, executionId, fence }: AskOf<'accept'>): FencedClaim {
  return { agentId, executionId, ...fence };
}
