/** The kill switch as the rest of the service sees it. Calls are synchronous and durable. */
export interface PayoutSwitch {
  /** Why payouts are stopped, in the operator's words; null while they may go. */
  reason(): string | null;
  /** The same as one sentence. */
  sentence(): string | null;
  stop(why: string): void;
  start(): void;
}
