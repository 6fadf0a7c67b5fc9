import { StreamCounts } from './stream-counts.ts';

/** What the parts of the service tell about themselves while they work. */
export interface Measures {
  /** A heartbeat of an agent came. */
  heartbeat(): void;
  /** The matching index was searched. */
  searched(seconds: number): void;
  readonly streams: StreamCounts;
}

/** Where nobody looks. Streams are counted all the same: it costs nothing. */
export function unheardMeasures(): Measures {
  return { heartbeat() {}, searched() {}, streams: new StreamCounts() };
}
