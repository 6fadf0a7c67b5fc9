/** Limits of what anybody may ask about the market; part of the one table. */
export const marketLimits = {
  /** Open jobs that filters, counts and sorting look at: the newest. Each answer says whether these are all. */
  boardJobsMax: 1_000,
  /** Values of one facet, the commonest first: more is no list that a person chooses from. */
  facetValuesMax: 100,
  /** Values that one filter may name. */
  filterValuesMax: 32,
  /** How far back prices go. */
  priceDaysMax: 90,
  /** Runs that one read looks at: each fixed price is worked out from its spec. */
  pricedRunsPerRead: 500,
  /** Runs that are looked at for all days together; a busier market has prices of fewer days. */
  pricedRunsMax: 50_000,
  /** What has passed a proof is looked up so often: a label is days old anyway. */
  proofLabelsAgeMs: 5_000,
  /** Jobs that an account's overview shows. */
  ownRecentJobs: 10,
} as const;
