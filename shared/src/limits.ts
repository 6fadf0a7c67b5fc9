import { flowLimits } from './flow-limits.ts';
import { keptWorkLimits } from './kept-work-limits.ts';
import { marketLimits } from './market-limits.ts';
import { providerLimits } from './provider-limits.ts';
import { seedLimits } from './seed-limits.ts';

/** Every shared limit, with its unit in the name and its reason beside it. */
export const limits = {
  /** A job spec with 100 KiB of inline code as base64 and a little room. Larger inputs are artifacts. */
  jobBodyBytes: 512 * 1024,
  /** What a machine posts at most: a result with structured output, or a batch of some 6,000 log lines. */
  agentBodyBytes: 2 * 1024 * 1024,
  /** The seed's limit on inline code, unless the operator sets another. */
  codeBytes: 100 * 1024,
  inlineInputBytes: 128 * 1024,
  inlineInputs: 16,
  stdinBytes: 64 * 1024,
  labels: 32,
  environmentVariables: 64,
  environmentValueBytes: 16 * 1024,
  commandParts: 128,
  commandPartBytes: 64 * 1024,

  /** Hosts that one job may ask for, or one provider name: a download page, a registry, its mirrors. */
  egressHosts: 32,

  /** Agents, wallets or regions that one list of a placement names; each is compared at a match. */
  placementListed: 64,
  /** How long a job waits for a free agent before an interruptible one is stopped for it. */
  preemptAfterMs: 1_000,
  /** How long those that were stopped have to make room before others are. */
  preemptAgainMs: 60_000,
  /** A job that was leased so often is not stopped again: it has to end some day. */
  preemptLeasesMax: 8,
  /** Waiting jobs for which room may be made in one turn. */
  preemptWaitingMax: 256,
  /** Agents that are remembered for having run one image, or jobs of one account. */
  familiarAgents: 16,
  /** Images and accounts for which that is remembered. */
  familiarKeys: 10_000,
  /** Of one account at a time: who has more waits for its first ones in any case. */
  preemptWaitingPerAccount: 64,
  /** Of all accounts: some hundred kilobytes of memory. */
  preemptRemembered: 4_096,
  /** Whole agents that one reservation holds: a fleet, not a market. */
  agentsPerReservation: 1_000,
  /** A month; longer needs are for contracts. */
  reservationMsMax: 31 * 86_400_000,
  /** Requesters one provider may shut out; the list travels with its offer. */
  requestersBlocked: 256,
  /** The provider's policy as a file: every list at its limit is shorter. */
  policyBytes: 256 * 1024,
  /** Four windows on each day of the week. */
  policyHours: 28,
  /** Single times of maintenance that are planned, or are past and stand there still. */
  policyMaintenance: 20,
  /** Results of which an agent keeps what each device earned; totals keep all. */
  earningRowsMax: 10_000,
  /** Images, registries or classes of devices that a policy names. */
  /** Containers of one machine that wait for jobs: some megabytes each. */
  warmContainers: 16,
  policyListed: 256,

  gpusPerJob: 8,
  cpusMax: 256,
  memoryBytesMin: 16 * 1024 * 1024,
  memoryBytesDefault: 1024 ** 3,
  memoryBytesMax: 4 * 1024 ** 4,
  diskBytesMin: 1024 * 1024,
  diskBytesDefault: 1024 ** 3,
  diskBytesMax: 16 * 1024 ** 4,
  shmBytesDefault: 64 * 1024 * 1024,
  shmBytesMax: 1024 ** 4,
  /** Enough for a build or a thread pool, few enough to stop a fork bomb. */
  pidsMax: 512,

  /** Jobs that ended last, among which those are looked for that tell what a program needs. */
  sizingJobs: 50,

  runSecDefault: 300,
  runSecMax: 86_400,
  /** The seed's limit on how long code may run that is posted by `/execute`. */
  executeTimeoutSecMax: 3_600,
  pullSecDefault: 600,
  /** A start within the seed's minute counts as wholly good for an agent; a later one in proportion. */
  startTargetMs: 60_000,
  pullSecMax: 7_200,
  queueSecDefault: 3_600,
  queueSecMax: 604_800,
  logBytesDefault: 8 * 1024 * 1024,
  logBytesMax: 1024 ** 3,
  /** Log the marketplace takes beyond the job's own limit: the agent's words about itself. */
  logBytesSlack: 1024 * 1024,
  attemptsDefault: 3,
  attemptsMax: 10,
  /** Long enough for an engine to come back, and short enough that a person doesn't notice. */
  retryBackoffMs: 500,
  retryBackoffMaxMs: 60_000,
  /** A job that fails in the same way on so many agents is itself what fails. */
  poisonAgents: 3,
  /** Once is bad luck and twice may be; after the third fault in a row an agent is paused. */
  faultsInRowMax: 3,
  /** Time to restart an engine by hand; twice as long for each further fault, up to some hours. */
  agentPauseMs: 300_000,
  agentPauseMaxMs: 21_600_000,
  /** Jobs that one job waits for: a wide join, and few enough to check while it is posted. */
  dependenciesPerJob: 32,
  /** Results older than the logs that go with them are not reused. */
  cacheAgeSecMax: 2_592_000,
  /** One commit takes so many writes; a longer batch would be several commits in any case. */
  jobsPerBatch: 500,
  /** A full batch of jobs with some kilobytes of code each. */
  batchBodyBytes: 8 * 1024 * 1024,
  /** Jobs that one request cancels at most. */
  jobsPerCancel: 500,
  /** Jobs that one request to cancel by filter looks at: labels are in the spec, so each is read. */
  jobsPerCancelScan: 5_000,

  /** An offer that isn't accepted in this time goes back to the queue without blame. */
  offerAcceptMs: 15_000,
  /** A lease survives three lost heartbeats of 10 s and a slow fourth. */
  leaseMs: 45_000,
  /** Beyond the lease on the marketplace's clock, so that a drifting agent has surely stopped. */
  leaseGraceMs: 15_000,
  heartbeatMs: 10_000,
  /** An agent silent for this long is shown as offline, as the seed does. */
  agentOfflineMs: 60_000,
  /** The agent stops a workload this long before its lease ends by its own clocks. */
  leaseSelfStopMs: 5_000,
  pollWaitSecMax: 30,
  /**
   * How often an agent without executions speaks on its socket: often enough to be online by
   * agentOfflineMs, rarely enough that 15,000 of them cost the marketplace next to nothing.
   */
  agentIdleHeartbeatMs: 25_000,
  /** A socket that was silent for longer than an idle heartbeat is asked whether it is there. */
  agentPingMs: 30_000,
  /** Then it had time for an answer: its other end is gone, and an HTTP poll may have taken over. */
  agentSilentMs: 45_000,
  /** Time from the opening of an agent's socket to its hello. */
  agentHelloMs: 10_000,
  /** One frame on an agent's socket: an offer or a batch of logs with room for some more messages. */
  agentFrameBytes: 4 * 1024 * 1024,
  /** A message for each execution that an agent can have, several times over. */
  agentMessagesPerFrame: 256,
  /** Requests of one agent that wait for their answer; each execution has one or two. */
  agentRequestsInFlight: 256,
  /** Unread bytes of one agent. One that reads this slowly is closed; what it missed comes again. */
  agentBacklogBytes: 8 * 1024 * 1024,
  executionsPerAgent: 64,
  devicesPerAgent: 64,
  openJobsPerAccount: 100_000,
  /** Fewer entries than this are looked through each time; a place to go on from costs memory. */
  laneEntriesMin: 64,
  /** Kinds of agents that a part of the index tells apart; with more, the oldest start from the beginning. */
  askerClasses: 256,
  /** Models of idle agents that are told apart; agents name them, and the catalogue has about a hundred. */
  deviceKinds: 512,
  /** Idle agents of the providers that a job names, of which the best is taken. */
  providerAgentsCompared: 256,
  /** Parts of the index looked at for a job's place in the queue, which anybody may ask for. */
  groupsCounted: 256,
  /** In how many trees of the index one job may stand: for each model it takes, and where. */
  placesPerJob: 64,
  /** How much earlier than a normal one an urgent job counts as due: who waited longer goes first. */
  priorityUrgentMs: 3_600_000,
  priorityHighMs: 600_000,
  /** A low job stands this much behind: after ten minutes it goes before a fresh normal one. */
  priorityLowMs: -600_000,
  /** How far each job of an account stands behind its last one, per GPU: a queue of 1000 is 10 s long. */
  fairSpacingMs: 10,
  /** The marketplace's own run deadline: the agent's, times this, plus collection time. */
  runBackstopFactor: 1.2,
  collectMs: 60_000,

  logLineBytes: 16 * 1024,
  logLinesPerBatch: 8_000,
  logLinesPerPage: 1_000,
  /** A page ends with the line that reaches this, so that a thousand long lines are several pages. */
  logPageBytes: 1024 * 1024,
  /** Lines from the end that one request may ask for: they are counted backwards. */
  logLinesLastMax: 100_000,
  /** What one agent may send of logs: as fast as a disk takes them, in bursts, and not for hours. */
  logBytesPerSec: 32 * 1024 * 1024,
  logBytesBurst: 128 * 1024 * 1024,
  /**
   * Lines a workload may write in a burst and for ever; more are dropped at the agent, visibly. Each
   * costs about a microsecond for everybody who reads it as JSON, and next to nothing before that.
   */
  logLinesBurst: 500_000,
  logLinesPerSec: 100_000,
  /** Chunks of an old log that one write deletes: a few megabytes, so that others wait for little. */
  logChunksPerRemoval: 64,
  /** Shorter values are everywhere in a log by chance, and are guessed in no time. */
  secretChars: 6,
  /** One file: a large model with its optimiser. */
  artifactBytesMax: 64 * 1024 ** 3,
  /** What is lost when a connection breaks, and what is in memory of each part on its way. */
  artifactPartBytes: 8 * 1024 * 1024,
  /** S3 takes no more parts of one object. */
  artifactPartsMax: 10_000,
  artifactNameBytes: 512,
  artifactNameDepth: 16,
  /** More files than this are one archive. */
  artifactsPerJob: 1_000,
  artifactBytesPerJob: 64 * 1024 ** 3,
  artifactsPerAccount: 100_000,
  artifactBytesPerAccountDefault: 256 * 1024 ** 3,
  artifactBytesAllDefault: 1024 ** 4,
  artifactKeepDaysDefault: 30,
  /** How long it is known of an artifact when it was removed, and why: for who comes late. */
  artifactRemovalsKeptMs: 365 * 86_400_000,
  /** An upload that is not complete by then is given up, and its room is free again. */
  artifactUploadMs: 86_400_000,
  artifactLinkSecDefault: 3_600,
  artifactLinkSecMax: 604_800,
  /** Parts and downloads under way of one account, one agent, or the links of one owner: several files at once. */
  transfersPerCaller: 16,
  /** The same of all callers of one kind, in each direction: each is a file, a socket and some buffers. */
  transfersPerKind: 256,
  /** A caller that moves less in a minute is cut off: 4 KiB/s, where 28 kB/s is a bad line. */
  transferWindowMs: 60_000,
  transferWindowBytes: 256 * 1024,
  /** Names that are looked up at a time of one account or job; each is two packets and a timer. */
  lookupsPerCaller: 8,
  /** Files that a job names as inputs or as outputs. */
  inputsPerJob: 64,
  outputsPerJob: 64,
  /** Time for the outputs of a job to be uploaded after its run: 64 GiB at 20 MB/s. */
  uploadOutputsMs: 3_600_000,
  /** Some minutes of logs, results and files of everything that runs on a usual marketplace. */
  diskReserveBytesDefault: 512 * 1024 * 1024,
  /** A key file or a certificate; larger ones are inputs, and secrets are few. */
  secretValueChars: 32 * 1024,
  secretsPerJob: 32,
  /**
   * All different values of a job together: each byte costs the agent that looks for them in logs some
   * 500 bytes of memory and 4 µs once.
   */
  secretBytesPerJob: 64 * 1024,
  structuredOutputBytes: 256 * 1024,
  /** What one answer carries of a stream that a job wrote; the logs have all of it. */
  answeredOutputChars: 1024 * 1024,
  /** JSON nested deeper than this is not data; writing it recurses, and the stack has an end. */
  jsonDepthMax: 100,
  /** The agent sends a log batch within this time, or when as many lines as one holds have gathered. */
  logBatchMs: 100,

  /** The last moment a JavaScript date can be: a later one can't be written as a timestamp. */
  timestampMsMax: 8_640_000_000_000_000,

  /**
   * The least that one x402 payment moves, micro-USDC: each costs the marketplace a network fee of
   * about a fifth of this. What a job costs less is credit on the payer's account.
   */
  x402MicroUsdcMin: 5_000,
  challengeMs: 300_000,
  /** The seed's time for a one-time token: long enough to start an agent by hand. */
  registrationTokenMs: 300_000,
  /** A rotated key works this long beside its successor, so that no request under way fails. */
  keyOverlapMs: 300_000,
  /** How long a key counts that was found good, unless it changes: what one account asks in a burst. */
  keyKnownMs: 1_000,
  /** Keys that are remembered so: all that ask within a second, in a few megabytes. */
  keysKnown: 10_000,
  /** Keys in use of one account: a service and a person each, not one per request. */
  apiKeysPerOwner: 100,
  /** How long a payment link is shown as open; money that comes later is credited all the same. */
  depositIntentMs: 3_600_000,
  /** Open payment links of one account; each is a row that is kept for ever. */
  depositIntentsOpenMax: 100,
  /** One transaction of the treasury has room for some twenty wallets, and a wallet's dust adds up. */
  payoutsSettledMax: 256,
  /** Each costs the operator a fee on chain, whatever it moves. */
  withdrawalsPerDay: 20,
  apiKeyBytes: 32,
  listPageDefault: 50,
  listPageMax: 200,
  /** Jobs that one request for a filtered list looks at: about 50 ms. */
  jobsPerListScan: 2_000,
  /** Jobs that a list counts at most. */
  jobsCountedMax: 10_000,
  ...keptWorkLimits,
  ...flowLimits,
  ...seedLimits,
  ...providerLimits,
  ...marketLimits,
  /** Read and written in some milliseconds, so that an export of millions delays nobody. */
  ledgerEntriesPerPage: 1_000,
  /** Read, hashed and written in some milliseconds. */
  auditEntriesPerPage: 1_000,
  /** As long as the seed keeps them; what is older stays provable by the hash of the last one removed. */
  auditRetentionDays: 90,
  /** Addresses that are told apart among those that were refused in one minute; the rest is one entry. */
  authFailureAddresses: 128,
  authFailureFlushMs: 60_000,
  streamChannelsPerSocket: 32,
  /** Tabs of a whole office behind one address, but not a flood. */
  streamSocketsPerAddress: 256,
  /** Logs one account follows at a time over HTTP. */
  logFollowersPerAccount: 64,
  /** Requests that wait for the end of one job; repetitions beyond them hear at once how far it is. */
  waitersPerJob: 8,
  /** How long one request waits for the end of a job: less than proxies bear without a byte. */
  jobWaitSecMax: 30,
  /** Requests of one account that do; those beyond them hear at once how far their job is. */
  jobWaitersPerAccount: 256,
  /** Of all accounts, in one process: each costs a connection and about 10 kB. */
  jobWaitersMax: 8_192,
  /** Units that one key of an account may ask for in a minute: 1 000 postings a second, or 5 000 reads. */
  unitsPerMinuteDefault: 300_000,
  /** What the dearest requests cost: below it they would be refused for ever. */
  unitsPerMinuteMin: 100,
  /** Keys that are counted at a time, each with about 100 bytes. */
  countedKeysMax: 65_536,
  streamBacklogEvents: 10_000,
  /** Jobs named in one message between replicas: with their ids it stays below the 8,000 bytes of a NOTIFY. */
  busJobsPerMessage: 200,
  /** A page is written in some milliseconds. */
  eventsPerPage: 1_000,
  /** Rows of the log that one look for an account's events reads: some milliseconds. */
  eventsScanned: 10_000,
  /** Looks at the log that one request for a page makes before it answers how far it came. */
  eventLooksPerPage: 50,
  /** Streams of events that one account has open over HTTP. */
  eventFollowersPerAccount: 32,
  /** A reader that takes nothing for so long is cut off; it comes back and goes on where it was. */
  streamStallMs: 60_000,
  /** Changes and reads that wait for a PostgreSQL; what waits for more than 5 s is refused anyway. */
  storeWritesWaiting: 10_000,
  storeReadsWaiting: 10_000,
  /** A replica that has not said for so long that it lives is taken over: well below a lease. */
  replicaLeaseMs: 15_000,
  replicaRenewMs: 5_000,
  /** A worker that runs on one replica of many is taken over this long after it last said so. */
  workerLeaseMs: 15_000,
  /** A receiver for each kind of event, and not one for each job. */
  webhooksPerAccount: 20,
  /** The standard advises less, so that every receiver takes it. */
  webhookBodyBytes: 20_000,
  webhookTimeoutMs: 20_000,
  /** Enough of an answer to see what is wrong. */
  webhookAnswerChars: 512,
  webhookAttemptsShown: 50,
  /** Attempts under way for one webhook, for all of one account, so that slow ones hold up few, and for all. */
  webhookAttemptsAtOnce: 4,
  webhookAttemptsAtOnceOfAccount: 8,
  webhookAttemptsAtOnceOfAll: 64,
  /** Deliveries that wait for one webhook; the log keeps what comes after them. */
  webhookPendingMax: 1_000,
  webhookFanOutPage: 500,
  webhookReplayPage: 500,
  webhookPrunePage: 500,
  webhookDeliveryDays: 30,
  /** Time to give the new secret to the receiver. */
  webhookSecretOverlapMs: 86_400_000,
  /** How long an alert that is over is kept: as long as the audit log. */
  alertRetentionDays: 90,
  /** Alerts that are removed in one write. */
  alertsPrunedMax: 500,
  /** Accounts that are looked at in one turn for how much they have left. */
  alertAccountsMax: 10_000,
  /**
   * A device walks its memory in this time, on the marketplace's clock. Twice what a fast and four
   * times what a usual card needs, and half of what one needs that has to fill its memory again.
   */
  proofWalkMs: 5_000,
  /** Each is a tenth of a second of one core, on another thread. Who guesses half the lanes is caught 255 times in 256. */
  proofLanesOpened: 8,
  /** A heartbeat of an idle agent brings the challenge; then gigabytes are allocated and filled. */
  proofFillMs: 120_000,
  proofAskAgainMs: 500,
  /** Some kilobytes are sent. */
  proofOpenMs: 60_000,
  /** A device may have been sold since: after a week the label falls back to what is claimed. */
  proofLabelMs: 7 * 86_400_000,
  /** Without a proof that was passed, a device is asked again after so long, twice as long, and so on. */
  proofRetryMs: 3_600_000,
  /** With one, at some moment in the so long after so long: nobody can prepare for it. */
  proofAgainMs: 43_200_000,
  proofKeptMs: 30 * 86_400_000,
  /** Of one turn of the worker: each is a row for each device, and its check a second of one core. */
  proofOwnersPerTurn: 16,
  proofOpenMax: 10_000,
  /** Checks that wait for the one thread. */
  proofChecksWaiting: 256,
  /** Of one question about usage: a year, and a day more in some. */
  usageDaysMax: 366,
  /** Ended jobs that one read of usage sums up: some 20 ms of a database in the same process. */
  usageJobsPerRead: 5_000,
  /** Such reads for one answer. */
  usageReadsMax: 200,
  /** Rows that are told apart at a time: a label may have a value of its own on each job. */
  usageRowsMax: 20_000,
  /** Names of labels that are listed; one read of an index each. */
  usageLabelsMax: 100,
  /** The longest check has 16 passes over 256 regions. */
  proofCheckMs: 60_000,
} as const;
