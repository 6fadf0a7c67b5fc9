import { limits } from './limits.ts';

/** Numbers of gRPC, each with its reason; `limits.ts` has those that it shares with HTTP. */
export const grpcLimits = {
  /** The largest message that is taken: a job as large as HTTP takes one, with room for protobuf's own. */
  receivedBytes: limits.jobBodyBytes * 2,
  /** The largest that is sent: a page of log lines, each as long as one may be. */
  sentBytes: 32 * 1024 * 1024,
  /** Connections at once, unless GRPC_CONNECTIONS_MAX says otherwise: a worker or a client has one. */
  connectionsDefault: 10_000,
  /** More than these no process has file descriptors for. */
  connectionsMax: 1_000_000,
  /**
   * A connection whose handshake of TLS, or without TLS whose first bytes of HTTP/2, take longer is closed.
   * One that is silent after its handshake is closed by keepalive.
   */
  firstFrameMs: 10_000,
  /** Calls of one connection at once; more wait. */
  callsPerConnection: 100,
  /** A connection that says nothing is asked whether it lives, and then closed. */
  keepaliveMs: 30_000,
  keepaliveTimeoutMs: 10_000,
  /** One without a call is closed after this. */
  connectionIdleMs: 300_000,
  /** At the end, calls under way get this long. */
  stopGraceMs: 2_000,
  /** Calls without a key from one address in a minute: as many as HTTP takes. */
  publicPerMinute: 300,
  /** Of all kinds, for each account. */
  streamsPerAccount: 64,
  /** A page of a log, where the caller says nothing, as in Hodei. */
  logLinesDefault: 100,
  /** Seconds between snapshots of metrics. */
  metricsSecDefault: 10,
  metricsSecMax: 3_600,
  /** What is answered of the output of a job; the rest is in its log. */
  outputChars: 64 * 1024,
  /** Messages that wait for a worker to read; with more it is let go. */
  workerBacklog: 256,
  /** So that a worker knows that its stream lives. */
  workerKeepAliveMs: 15_000,
  /** How often a status that is followed is looked at. */
  workerStatusMs: 1_000,
  /** How long a program may take to end after it is asked to. */
  cancelGraceMs: 2_000,
  /** Entries of the audit log that are counted at once. */
  auditCounted: 100_000,
} as const;
