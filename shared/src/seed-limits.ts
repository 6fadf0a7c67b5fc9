/** Limits of endpoints of the seeds; part of the one table. */
export const seedLimits = {
  /** The seed's limit on a file in a request; larger ones are uploaded in parts. */
  brokerDataBytes: 10 * 1024 * 1024,
  /** A cache that is not told how long. */
  brokerCacheSec: 3_600,
  /** Its prices come from a table: they don't change for so long. */
  brokerQuoteSec: 300,
} as const;
