import type { HttpDeps } from '../http/http-deps.ts';
import type { KeyRates } from '../http/key-rates.ts';
import type { LogFollowers } from '../http/log-followers.ts';
import type { ErrorStatuses } from './grpc-errors.ts';

/** What the calls need: the same as the routes of HTTP, which share keys, rates and services with them. */
export interface GrpcDeps extends HttpDeps {
  /** The same counts as for HTTP; null counts nothing. */
  rates: KeyRates | null;
  /** Calls without a key, by address. */
  publicRates: KeyRates;
  /** Open streams of each account. */
  streams: LogFollowers;
  addressOf: (told: AddressTold) => string | undefined;
  statusOf: ErrorStatuses;
  /** Where the REST of this marketplace is, for the files of jobs. */
  marketplaceUrl: string;
}

export interface AddressTold {
  headers: Record<string, string>;
  socket: { remoteAddress: string | undefined };
}
