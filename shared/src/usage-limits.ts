/** Limits of what is measured of running jobs. */
export const usageLimits = {
  /** How often an agent reads what its jobs use. */
  usageSampleMs: 2_000,
  /** Readings of one execution that a heartbeat carries: a minute of them; older ones are dropped. */
  usagePointsPerHeartbeat: 30,
  /** Points of one execution that are kept; when there are more, two become one. */
  usagePointsPerExecution: 360,
  /** Executions that a marketplace keeps points of in memory: some 40 KB each at most. */
  usageExecutionsMax: 4_096,
  /** Points that are stored of an execution that is over: some 10 KB. */
  usagePointsStored: 120,
  cpuCoresMax: 4_096,
} as const;
