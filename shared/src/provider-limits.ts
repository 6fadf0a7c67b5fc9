/** Limits of the registry of providers; part of the one table. */
export const providerLimits = {
  /** All are kept in memory, and looked at with each change of an agent. */
  providersMax: 200,
  providerTextChars: 500,
  providerWords: 32,
  providerCredentials: 16,
  providerWorkersMax: 100_000,
  /** How often a status is worked out: as often as an agent may fall silent without being missed. */
  providerWatchMs: 10_000,
  /** As long as the audit log. */
  providerHealthKeptMs: 90 * 86_400_000,
  /** Agents whose earnings are added up for one answer: each is a read of its own. */
  providerAgentsSummed: 1_000,
} as const;
