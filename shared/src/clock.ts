/** The only source of time. Services take a Clock; domain functions take numbers. */
export interface Clock {
  /** Wall time, milliseconds since the Unix epoch. For display and for stored timestamps. */
  nowMs(): number;
  /** Milliseconds that never go backwards. For measuring how long something took. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
