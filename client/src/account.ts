import { ContentError } from './errors.ts';
import { type ListOptions, type Pages, pagesOf } from './http/pages.ts';
import {
  type CallOptions,
  idempotent,
  type PostOptions,
  part,
  type Transport,
} from './http/transport.ts';
import type { Asset, MoneyInput } from './money.ts';
import type { Account, Caps, Deposit, DepositLink, Withdrawal } from './types/account.ts';
import type { Usage, UsageGroup } from './types/usage.ts';

/** Which usage is summed, and how. */
export interface UsageOptions extends CallOptions {
  from?: string;
  to?: string;
  by?: readonly UsageGroup[];
  /** Name of the label whose values are told apart; with `label` in `by`. */
  label?: string;
}

const path = '/api/v1';

/** `node3.account`: your money. Calls reject with ApiError or ConnectionError. */
export class AccountCalls {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Your account, its wallet and its balances. */
  get(options?: CallOptions): Promise<Account> {
    return this.#get('/account', options);
  }

  /** What is there to spend, and what is held for open jobs, by asset. */
  async balances(options?: CallOptions): Promise<Account['balances']> {
    return (await this.get(options)).balances;
  }

  /** The caps that the marketplace enforces for this account and this key, and what is used of them. */
  caps(options?: CallOptions): Promise<Caps> {
    return this.#get('/account/caps', options);
  }

  /**
   * What ended jobs used and cost: by day, where nothing else is said, and for the last 30 days. `from` and
   * `to` are days in UTC, such as `2026-11-01`, and both are in it.
   */
  usage({ from, to, by, label, ...options }: UsageOptions = {}): Promise<Usage> {
    const query = { from, to, groupBy: by?.join(','), label };
    const call = { method: 'GET', path: `${path}/usage`, query, repeat: 'any' } as const;
    return this.#transport.json({ ...call, options });
  }

  /**
   * The same over any period, as text that comes as it is read: CSV with a line of titles, or one JSON
   * object a line. Read the stream, or cancel it.
   */
  async exportUsage({
    from,
    to,
    by,
    label,
    format,
    ...options
  }: UsageOptions & { format?: 'csv' | 'jsonl' } = {}): Promise<ReadableStream<Uint8Array>> {
    const query = { from, to, groupBy: by?.join(','), label, format };
    const call = { method: 'GET', path: `${path}/usage/export`, query, repeat: 'any' } as const;
    const signal = options.signal ?? new AbortController().signal;
    const { body } = await this.#transport.open({ ...call, options }, '*/*', signal);
    if (body === null) throw new ContentError('The answer has no body.');
    return body;
  }

  /** A Solana Pay link; what is paid to it is credited by itself. */
  createDepositLink(
    { asset, amount }: { asset: Asset; amount?: string },
    options?: CallOptions,
  ): Promise<DepositLink> {
    const call = {
      method: 'POST',
      path: `${path}/deposits/intents`,
      body: { asset, amount },
    } as const;
    return this.#transport.json({ ...call, repeat: 'once', options });
  }

  /** Whether such a link was paid, and by which deposits. */
  depositLink(intentId: string, options?: CallOptions): Promise<DepositLink> {
    return this.#get(`/deposits/intents/${part(intentId)}`, options);
  }

  /** Your deposits, newest first. */
  deposits(options?: ListOptions): Pages<Deposit> {
    return pagesOf(this.#transport, `${path}/deposits`, options);
  }

  /** Pays available money out to the wallet of the account. Once for each idempotency key. */
  withdraw(money: MoneyInput, options?: PostOptions): Promise<Withdrawal> {
    const call = { method: 'POST', path: `${path}/withdrawals`, body: { money } } as const;
    return this.#transport.json({ ...call, ...idempotent(options) });
  }

  /** Your withdrawals, newest first. */
  withdrawals(options?: ListOptions): Pages<Withdrawal> {
    return pagesOf(this.#transport, `${path}/withdrawals`, options);
  }

  /** One withdrawal: where it is, and its transaction. */
  withdrawal(withdrawalId: string, options?: CallOptions): Promise<Withdrawal> {
    return this.#get(`/withdrawals/${part(withdrawalId)}`, options);
  }

  /** Takes a withdrawal back while it is due or held. */
  cancelWithdrawal(withdrawalId: string, options?: CallOptions): Promise<Withdrawal> {
    const call = {
      method: 'POST',
      path: `${path}/withdrawals/${part(withdrawalId)}/cancel`,
    } as const;
    return this.#transport.json({ ...call, repeat: 'any', options });
  }

  #get<T>(below: string, options: CallOptions | undefined): Promise<T> {
    return this.#transport.json({ method: 'GET', path: path + below, repeat: 'any', options });
  }
}
