import type { ErrorCode } from '@node3/shared/error-codes';
import { StreamCounts } from './stream-counts.ts';

/** What the parts of the service tell about themselves while they work. */
export interface Measures {
  /** A heartbeat of an agent came. */
  heartbeat(): void;
  /** The matching index was searched. */
  searched(seconds: number): void;
  /** Somebody was refused on a socket, past the framework that counts requests. */
  refused(reason: ErrorCode): void;
  readonly streams: StreamCounts;
}

/** Where nobody looks. Streams are counted all the same: it costs nothing. */
export function unheardMeasures(): Measures {
  return { heartbeat() {}, searched() {}, refused() {}, streams: new StreamCounts() };
}
