/** Numbers of the agent alone; what both sides must agree on stands in @node3/shared/limits. */
export const agentLimits = {
  /** One long poll. Short enough that proxies with a 30 s idle limit don't cut it. */
  pollWaitSec: 25,
  /** How long beyond its wait a poll may take before it counts as lost. */
  pollSlackMs: 10_000,
  /** A marketplace that answers empty polls at once must not be asked in a tight loop. */
  pollEmptyPauseMs: 1_000,
  backoffMinMs: 1_000,
  backoffMaxMs: 60_000,

  /** A socket is given this long to open and to say hello; behind a silent proxy HTTP goes on. */
  channelOpenMs: 10_000,
  /** A request on the socket that is not answered by then means that the socket is dead. */
  channelCallMs: 15_000,
  /** A socket that lived this long was no failure: the next one is opened without a back-off. */
  channelStableMs: 10_000,
  /** After a restart of the marketplace agents come back spread over this time. */
  channelSpreadMs: 5_000,
  /** Pause of the loop that says what is free; every change wakes it. */
  announceMs: 3_600_000,

  /** Below the heartbeat interval, so that a hung request can't cost two beats. */
  heartbeatTimeoutMs: 8_000,
  /** After a lost heartbeat the next one is tried sooner, while the lease still has room. */
  heartbeatRetryMs: 2_000,
  heartbeatMsMin: 1_000,
  heartbeatMsMax: 15_000,
  /** Without executions there is no lease to lose, only the name of being online. */
  heartbeatIdleMsMax: 30_000,
  /** How often leases are compared with the clocks; small against leaseSelfStopMs. */
  leaseCheckMs: 500,

  /** With a reachable marketplace a result waits this long for its logs, then goes first. */
  logDrainMs: 15_000,
  /**
   * How often it is written down which lines the marketplace has. What it took after that comes to it
   * again after a crash, and is ignored.
   */
  logAckMs: 1_000,
  /** Lines kept for the dashboard after they were shipped. */
  logTailLines: 200,
  /** Lines of one log batch that every marketplace takes: the first versions took no more. */
  logLinesOldest: 500,
  /** JSON bytes of one log batch: well below the marketplace's body limit. */
  logBatchBytes: 1024 * 1024,
  /**
   * Bytes of text of one batch of blocks. In JSON they are 2.7 times as many at most, where all of it is
   * colours, and so below that limit too.
   */
  logBlockBytes: 640 * 1024,
  /** After the workload ended its log reader gets this long to reach the last line. */
  logReadMs: 10_000,

  /** An engine that does not answer for longer than this has lost the workload. */
  engineOutageMs: 60_000,
  engineRetryMs: 2_000,
  probeIntervalMs: 15_000,
  /** While no executor works a person is waiting for the fix to show. */
  probeRetryMs: 5_000,

  /** Deaths within this time are a loop of crashes, if there are as many as CRASHES_MAX says. */
  crashWindowMs: 600_000,
  /** An agent that lived so long is no part of such a loop. */
  crashHealthyMs: 120_000,
  /** How long it waits for somebody to look. */
  crashHoldMs: 900_000,

  /** Its own log: bytes of one file, bytes of all, and days. */
  logFileBytes: 20 * 1024 ** 2,
  logFilesBytes: 200 * 1024 ** 2,
  logDays: 10,

  detectIntervalMs: 300_000,
  sampleIntervalMs: 5_000,
  /** While a job holds a device. */
  sampleBusyIntervalMs: 1_000,
  /** How soon a change of the policy's file holds. */
  policyIntervalMs: 2_000,
  historyRows: 50,
  /** How often the history of telemetry is written down. */
  historyFlushMs: 300_000,
  /** A look of the doctor that takes longer is told as such. */
  doctorMsMax: 300_000,
  statusPushMs: 2_000,
  earningsIntervalMs: 30_000,
  balanceIntervalMs: 60_000,
  /** A balance older than this is unknown, not a number. */
  balanceAgeMsMax: 300_000,
  rpcTimeoutMs: 8_000,
  /** Free space that jobs never get, so that the journal can always be written. */
  diskFloorBytes: 1024 ** 3,
  /** What one job may read, and write, of a disk per second: half of what a usual SSD does. */
  diskBytesPerSec: 256 * 1024 ** 2,
  /** More than the floor that is freed at once, so that the next job doesn't free again. */
  diskRoomBytes: 2 * 1024 ** 3,
  /** Share of the machine's memory offered when MEMORY_LIMIT is not set. */
  memoryShare: 0.8,
  /** The agent's page waits this long for what the marketplace answers. */
  proxyTimeoutMs: 5_000,
  localBodyBytes: 16 * 1024,
  streamClients: 32,
} as const;
