import { type ListOptions, Pages } from './http/pages.ts';
import {
  type CallOptions,
  idempotent,
  type PostOptions,
  part,
  type Transport,
} from './http/transport.ts';
import type { Asset, MoneyInput } from './money.ts';
import type { Account, Caps, Deposit, DepositLink, Withdrawal } from './types/account.ts';

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
    return this.#list('/deposits', options);
  }

  /** Pays available money out to the wallet of the account. Once for each idempotency key. */
  withdraw(money: MoneyInput, options?: PostOptions): Promise<Withdrawal> {
    const call = { method: 'POST', path: `${path}/withdrawals`, body: { money } } as const;
    return this.#transport.json({ ...call, ...idempotent(options) });
  }

  /** Your withdrawals, newest first. */
  withdrawals(options?: ListOptions): Pages<Withdrawal> {
    return this.#list('/withdrawals', options);
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

  #list<T>(below: string, { limit, ...options }: ListOptions = {}): Pages<T> {
    return new Pages((cursor) =>
      this.#transport.json({
        method: 'GET',
        path: path + below,
        query: { limit, cursor },
        repeat: 'any',
        options,
      }),
    );
  }
}
