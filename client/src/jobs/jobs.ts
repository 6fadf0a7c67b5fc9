import type { Budget, Hold } from '../budget.ts';
import { isApiError, JobFailedError, OptionError } from '../errors.ts';
import { follow } from '../http/follow.ts';
import { Pages } from '../http/pages.ts';
import type { FollowOptions } from '../http/patience.ts';
import {
  type CallOptions,
  idempotent,
  isRefusal,
  type PostOptions,
  part,
  type Transport,
} from '../http/transport.ts';
import { mergePatch } from '../merge-patch.ts';
import type { CostGuard, CostOptions, FirmQuote } from '../quotes.ts';
import type { JobArtifact } from '../types/artifact.ts';
import type { AccountEvent } from '../types/event.ts';
import type { EndedJob, Job, JobSummary, LogLine, PaidJob, SucceededJob } from '../types/job.ts';
import type { JobLink, NewJobLink, ShareInput } from '../types/job-link.ts';
import type { JobSpec, JobState } from '../types/job-spec.ts';
import type { Rating } from '../types/marketplace.ts';
import type { Explanation } from '../types/matching.ts';
import type { SignedReceipt } from '../types/receipt.ts';
import { awaitJob, type WaitOptions } from './await-job.ts';
import { callOf, type JobRef } from './job-ref.ts';
import { type JobListOptions, listJobs } from './list-jobs.ts';
import { payForJob, type X402Options } from './pay-for-job.ts';
import { type BatchRow, postMany } from './post-many.ts';
import { type LogOptions, readLogs } from './read-logs.ts';

/** How one job is posted. */
export interface CreateOptions extends PostOptions, CostOptions {
  /** Its price is what the job costs at most; the spec must be the quoted one. */
  quote?: FirmQuote;
}

/** How `jobs.run` runs a job. */
export interface RunOptions extends CreateOptions, Omit<WaitOptions, keyof CallOptions> {
  /** Hears of every line as it comes. */
  onLog?: (line: LogLine) => void;
  /** Cancels the job when `signal` aborts; without it the job goes on. */
  cancelOnAbort?: boolean;
}

/** Which jobs `jobs.cancelMany` cancels: these ids, or all open ones that the filter lets through. */
export interface CancelSelection {
  jobIds?: string[];
  filter?: { states?: JobState[]; labels?: Record<string, string> };
}

/** What became of one of many cancels, told apart by `problem`. */
export type CancelRow =
  | { jobId: string; state: JobState; problem?: undefined }
  | { jobId: string; problem: { code: string; detail: string; status: number } };

export interface JobsDeps {
  transport: Transport;
  budget: Budget;
  guard: CostGuard;
  x402: X402Options | null;
}

/** `node3.jobs`: post work, follow it, end it. Calls reject with ApiError or ConnectionError. */
export class Jobs {
  readonly #deps: JobsDeps;

  constructor(deps: JobsDeps) {
    this.#deps = deps;
  }

  /**
   * Posts a job and stays with it to its end. Rejects with JobFailedError when it ended otherwise than
   * well, and with the reason of the signal when that aborts, or with why the job could not be cancelled.
   * With `cancelOnAbort`, a signal that aborts while the job is being posted is heard when it has been.
   */
  async run(spec: JobSpec, options: RunOptions = {}): Promise<SucceededJob> {
    const { onLog, signal, cancelOnAbort = false } = options;
    signal?.throwIfAborted();
    // A posting that is broken off may have made a job, which nobody would know to cancel.
    const { signal: _, ...whole } = options;
    const job = await this.create(spec, cancelOnAbort ? whole : options);
    const leave = new AbortController();
    const either = signal === undefined ? leave.signal : AbortSignal.any([signal, leave.signal]);
    const following = { ...options, signal: either };
    try {
      const read = onLog === undefined ? null : this.#tell(job, onLog, following);
      const [ended] = await Promise.all([this.wait(job, following), read]);
      if (isSucceeded(ended)) return ended;
      throw new JobFailedError(ended);
    } catch (error) {
      if (cancelOnAbort && signal?.aborted) await this.cancel(job).catch(unlessEnded);
      throw error;
    } finally {
      // Where one of the two failed, the other has nothing left to do.
      leave.abort();
    }
  }

  /**
   * Posts a job; its price is held from your balance. With `maxCost`, or a budget of the client, it is
   * quoted first, refused with BudgetError when it may cost more, and posted with the quote, so that the
   * marketplace keeps to it. A client without a key pays for it by x402, where it has that option.
   */
  async create(spec: JobSpec, options: CreateOptions = {}): Promise<Job> {
    const { transport, guard, x402 } = this.#deps;
    if (!transport.hasKey && x402 !== null) return this.pay(spec, options);
    if (!guard.isNeeded(options)) {
      const { quote } = options;
      return this.#post('/api/v1/jobs', spec, options, quote?.quoteId ?? null);
    }
    const { hold, quoteId } = await guard.forJob(spec, options);
    return keeping([hold], () => this.#post('/api/v1/jobs', spec, options, quoteId));
  }

  /**
   * Posts a job and pays for it with the request, without an account. Needs the option `x402` of the
   * client. Give the answer, not its id alone, to the other calls: it brings its own key.
   */
  async pay(spec: JobSpec, options: PostOptions & CostOptions = {}): Promise<PaidJob> {
    const { x402 } = this.#deps;
    if (x402 === null) throw new OptionError('x402', 'the client needs it to pay for a job');
    return payForJob({ ...this.#deps, x402 }, spec, options);
  }

  /**
   * Posts any number of jobs in as few requests as they fit in, and answers each on its own, in their
   * order. `maxCost` is for each job; prices are quoted before the first one is posted.
   */
  async createMany(
    specs: readonly JobSpec[],
    options: PostOptions & CostOptions = {},
  ): Promise<BatchRow[]> {
    const { transport, guard } = this.#deps;
    if (!guard.isNeeded(options)) return postMany(transport, specs, options, null);
    const holds = await guard.forPrices(
      specs.map(({ price }) => price),
      options,
    );
    try {
      return await postMany(transport, specs, options, holds);
    } catch (error) {
      if (isRefusal(error)) for (const hold of holds) hold.release();
      throw error;
    }
  }

  /** One job with its executions, settlement and events. */
  async get(job: JobRef, options?: CallOptions): Promise<Job> {
    return this.#noted(await this.#read<Job>(job, '', options));
  }

  /** Your jobs, newest first, and with `fields` only those of each. */
  list<Field extends keyof JobSummary = keyof JobSummary>(
    options?: JobListOptions<Field>,
  ): Pages<Pick<JobSummary, Field>> {
    return listJobs(this.#deps.transport, options);
  }

  /** Resolves when the job is over, however it ended. Restarts and broken connections are waited out. */
  async wait(job: JobRef, options?: WaitOptions): Promise<EndedJob> {
    const ended = await awaitJob(this.#deps.transport, job, options);
    this.#deps.budget.note(ended);
    return ended;
  }

  /** Lines of its log as they come, to its end; none is lost and none comes twice. */
  logs(job: JobRef, options?: LogOptions): AsyncGenerator<LogLine, void, undefined> {
    return readLogs(this.#deps.transport, job, options);
  }

  /** What happens to a job, from its beginning, as it happens. Ends with `job.ended`. Needs an account. */
  async *events(job: JobRef, options?: FollowOptions & { after?: number }) {
    const jobId = typeof job === 'string' ? job : job.jobId;
    const events = follow<AccountEvent>(this.#deps.transport, {
      after: options?.after ?? 0,
      options,
      call: (after) => ({
        method: 'GET',
        path: '/api/v1/events',
        query: { jobId, after, follow: true },
      }),
    });
    for await (const event of events) {
      yield event;
      if (event.type === 'job.ended') return;
    }
  }

  /** Answers at once; a running program is dead within two seconds while its agent is connected. */
  async cancel(job: JobRef, options?: CallOptions): Promise<Job> {
    const call = { method: 'POST', ...callOf(job, '/cancel'), repeat: 'any', options } as const;
    return this.#noted(await this.#deps.transport.json<Job>(call));
  }

  /** Cancels many jobs, and goes on until there are no more of them. */
  async *cancelMany(
    selection: CancelSelection,
    options?: CallOptions,
  ): AsyncGenerator<CancelRow, void, undefined> {
    yield* new Pages<CancelRow>((cursor) =>
      this.#deps.transport.json({
        method: 'POST',
        path: '/api/v1/jobs/cancel',
        body: { ...selection, ...(cursor !== null && { cursor }) },
        repeat: 'any',
        options,
      }),
    );
  }

  /**
   * Posts an ended job again. `changes` is a merge patch (RFC 7396) for its spec: null takes a field
   * out. With a budget its price is quoted first.
   */
  async rerun(
    job: JobRef,
    { changes, ...options }: PostOptions & CostOptions & { changes?: Record<string, unknown> } = {},
  ): Promise<Job> {
    const { guard } = this.#deps;
    const { path } = callOf(job, '/rerun');
    const body = changes === undefined ? {} : { changes };
    if (!guard.isNeeded(options)) return this.#post(path, body, options, null);
    const { spec } = await this.get(job, options);
    const { price } = mergePatch(spec, changes ?? {}) as JobSpec;
    const holds = await guard.forPrices([price], options);
    return keeping(holds, () => this.#post(path, body, options, null));
  }

  /** What a job waits for and who could run it; for a spec, as if it were posted now. */
  explain(jobOrSpec: JobRef | JobSpec, options?: CallOptions): Promise<Explanation> {
    if (typeof jobOrSpec === 'string' || 'jobId' in jobOrSpec) {
      return this.#read(jobOrSpec, '/explain', options);
    }
    const call = { method: 'POST', path: '/api/v1/jobs/explain', body: jobOrSpec } as const;
    return this.#deps.transport.json({ ...call, repeat: 'any', options });
  }

  /** The files that a job has made. `artifacts.download` takes each of them. */
  async artifacts(job: JobRef, options?: CallOptions): Promise<JobArtifact[]> {
    return (await this.#read<{ data: JobArtifact[] }>(job, '/artifacts', options)).data;
  }

  /** The signed receipt of an ended job: every phase, amount and transfer. */
  receipt(job: JobRef, options?: CallOptions): Promise<SignedReceipt> {
    return this.#read(job, '/receipt', options);
  }

  /** Rates the agent that an ended job was paid to, once. `stars` from 1 to 5. */
  rate(
    job: JobRef,
    rating: { stars: number; comment?: string },
    options?: CallOptions,
  ): Promise<Rating> {
    const call = { method: 'POST', ...callOf(job, '/rating'), body: rating } as const;
    return this.#deps.transport.json({ ...call, repeat: 'once', options });
  }

  /**
   * A link that shows the job, its log and its files to whoever has it, without a key: no money, no
   * environment, nothing of your account. Not sent again when no answer comes.
   */
  share(job: JobRef, { signal, timeoutMs, ...share }: ShareInput & CallOptions = {}) {
    const options = { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
    const call = { method: 'POST', ...callOf(job, '/links'), body: share, repeat: 'once' } as const;
    return this.#deps.transport.json<NewJobLink>({ ...call, options });
  }

  /** The links to a job, newest first, with those that ended. */
  async links(job: JobRef, options?: CallOptions): Promise<JobLink[]> {
    return (await this.#read<{ data: JobLink[] }>(job, '/links', options)).data;
  }

  /** Makes a link void at once. */
  revokeLink(job: JobRef, linkId: string, options?: CallOptions): Promise<JobLink> {
    const call = { method: 'DELETE', ...callOf(job, `/links/${part(linkId)}`) } as const;
    return this.#deps.transport.json({ ...call, repeat: 'any', options });
  }

  async #tell(job: JobRef, onLog: (line: LogLine) => void, options: LogOptions): Promise<void> {
    for await (const line of this.logs(job, options)) onLog(line);
  }

  #read<T>(job: JobRef, below: string, options: CallOptions | undefined): Promise<T> {
    const call = { method: 'GET', ...callOf(job, below), repeat: 'any', options } as const;
    return this.#deps.transport.json(call);
  }

  #post(path: string, body: unknown, options: PostOptions, quoteId: string | null): Promise<Job> {
    const { headers, ...rest } = idempotent(options);
    const quoted = quoteId === null ? {} : { 'quote-id': quoteId };
    const call = { method: 'POST', path, body, ...rest } as const;
    return this.#deps.transport.json({ ...call, headers: { ...headers, ...quoted } });
  }

  #noted(job: Job): Job {
    this.#deps.budget.note(job);
    return job;
  }
}

/** Who comes too late to cancel finds what it wanted: nothing runs. */
function unlessEnded(error: unknown): void {
  if (!isApiError(error, 'JOB_STATE_INVALID')) throw error;
}

function isSucceeded(job: EndedJob): job is SucceededJob {
  return job.state === 'succeeded';
}

/** Posts a job for which money is set aside, and gives that back when the job is surely refused. */
export async function keeping(holds: readonly Hold[], post: () => Promise<Job>): Promise<Job> {
  try {
    const job = await post();
    for (const hold of holds) hold.keep(job.jobId);
    return job;
  } catch (error) {
    if (isRefusal(error)) for (const hold of holds) hold.release();
    throw error;
  }
}
