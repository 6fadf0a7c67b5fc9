import { AccountCalls } from './account.ts';
import { Budget, type BudgetOptions } from './budget.ts';
import { OptionError } from './errors.ts';
import { Events } from './events.ts';
import { Artifacts } from './files/artifacts.ts';
import { idempotent, type PostOptions, Transport } from './http/transport.ts';
import { Jobs } from './jobs/jobs.ts';
import type { X402Options } from './jobs/pay-for-job.ts';
import { Keys } from './keys.ts';
import { Marketplace } from './marketplace.ts';
import type { Asset, Money } from './money.ts';
import { CostGuard, Quotes } from './quotes.ts';
import { Schedules } from './schedules.ts';
import { Snippets } from './snippets.ts';
import { Templates } from './templates.ts';
import { Webhooks } from './webhooks.ts';

/** What a client is made with. */
export interface Node3Options {
  /** Of the marketplace, such as `https://node3.example`; an empty string is the page's own origin. */
  url: string;
  /** Begins with `n3_`. Without it only public calls and `jobs.pay` work. */
  apiKey?: string | null;
  /** Instead of the platform's: to add a proxy, headers or a log. */
  fetch?: typeof fetch;
  /** The longest wait for one try's answer, milliseconds; 30 s where nothing is said. */
  timeoutMs?: number;
  /** Tries after the first where one may help and can do nothing twice; 4 where nothing is said, 0 for none. */
  retriesMax?: number;
  /** What this client may spend at most; jobs are then quoted before they are posted. */
  budget?: BudgetOptions;
  /** How to pay for jobs without an account. */
  x402?: X402Options;
}

/** A request of an endpoint that this package has no name for. */
export interface ApiRequest extends PostOptions {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Such as `/api/v1/keys`. */
  path: string;
  query?: Record<string, string | number | boolean | null | undefined>;
  /** Sent as JSON. */
  body?: unknown;
}

const timeoutMsUsual = 30_000;
const retriesUsual = 4;

/**
 * A node³ marketplace. Every call takes an `AbortSignal`, is tried again where that is safe, and rejects
 * with a Node3Error: ApiError for an answer that says no, ConnectionError for none.
 */
export class Node3 {
  /** Post work, follow it, end it. */
  readonly jobs: Jobs;
  /** Files for jobs and from jobs. */
  readonly artifacts: Artifacts;
  /** Prices before anything is posted. */
  readonly quotes: Quotes;
  /** Your money. */
  readonly account: AccountCalls;
  /** Who may act for your account. */
  readonly keys: Keys;
  /** Jobs by the clock. */
  readonly schedules: Schedules;
  /** Scripts that are kept. */
  readonly snippets: Snippets;
  /** Specs with parameters. */
  readonly templates: Templates;
  /** Agents, jobs and numbers that anybody may see. */
  readonly marketplace: Marketplace;
  /** Everything that happens to your account. */
  readonly events: Events;
  /** Have events sent to you. */
  readonly webhooks: Webhooks;
  readonly #budget: Budget;
  readonly #transport: Transport;

  /** @throws OptionError for an option that can't be meant. */
  constructor(options: Node3Options) {
    const transport = new Transport({
      url: readUrl(options.url),
      apiKey: readKey(options.apiKey ?? null),
      // Called as a method, the one of browsers refuses to work.
      fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
      timeoutMs: readNumber('timeoutMs', options.timeoutMs ?? timeoutMsUsual, 1),
      retriesMax: readNumber('retriesMax', options.retriesMax ?? retriesUsual, 0),
    });
    const budget = new Budget(options.budget);
    this.#budget = budget;
    this.#transport = transport;
    this.quotes = new Quotes(transport);
    const guard = new CostGuard(budget, this.quotes);
    this.jobs = new Jobs({ transport, budget, guard, x402: options.x402 ?? null });
    this.artifacts = new Artifacts(transport);
    this.account = new AccountCalls(transport);
    this.keys = new Keys(transport);
    this.schedules = new Schedules(transport);
    this.snippets = new Snippets(transport, guard);
    this.templates = new Templates(transport, guard);
    this.marketplace = new Marketplace(transport);
    this.events = new Events(transport);
    this.webhooks = new Webhooks(transport);
  }

  /**
   * Any other endpoint, with the same key, retries and errors. Money in the answer is `Money`. A POST is
   * tried again only with an `idempotencyKey`, which the endpoint must know.
   */
  request<T>({ method, path, query, body, ...options }: ApiRequest): Promise<T> {
    const { idempotencyKey } = options;
    const isSafe = method !== 'POST' || idempotencyKey !== undefined;
    const keyed = idempotencyKey === undefined ? {} : idempotent(options);
    const call = { method, path, query, body, options, ...keyed };
    return this.#transport.json({ ...call, repeat: isSafe ? 'any' : 'once' });
  }

  /**
   * What jobs of this client were charged, and may still cost at most. Counted while the client has a
   * budget, or for calls with `maxCost`.
   */
  committed(asset: Asset): Money {
    return this.#budget.committed(asset);
  }
}

function readUrl(url: string): string {
  if (url === '') return url;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.username !== '') {
    throw new OptionError('url', 'it must be an http or https URL, such as https://node3.example');
  }
  return parsed.origin + parsed.pathname.replace(/\/+$/, '');
}

function readKey(apiKey: string | null): string | null {
  if (apiKey === null || /^[\x21-\x7e]{1,512}$/.test(apiKey)) return apiKey;
  throw new OptionError('apiKey', 'it must be printable characters without spaces');
}

function readNumber(field: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new OptionError(field, `it must be a whole number from ${least} on`);
}
