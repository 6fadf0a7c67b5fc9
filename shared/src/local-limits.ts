/** Numbers of the agent's own page and its API on loopback. */
export const localLimits = {
  /** Lines of its own log at once: more than a person reads, few enough to send every few seconds. */
  agentLogLines: 1_000,
  /** Executions of one page of the history. */
  executionsPage: 100,
  /** Ended executions that the journal keeps. */
  executionsKept: 1_000,
  /** Of so many of them also the last lines, and specs of any size. */
  executionsWhole: 50,
  /** Bytes of the offer of an older one: with those above 64 MiB in all. */
  offerBytesKept: 64 * 1024,
  /** Characters of a text that is looked for. */
  searchChars: 128,
  /** Programs on a GPU: asked for at most so often, however many pages look, since telemetry rests meanwhile. */
  processesEveryMs: 30_000,
  processesShown: 64,
  processNameChars: 128,
  /** Days of earnings at once. */
  earningDays: 90,
} as const;
