/** Numbers of the operator's pages, each with its reason; `limits.ts` has the others. */
export const operatorLimits = {
  /** Why a switch is on, in words that everybody may read. */
  reasonCharsMin: 3,
  reasonCharsMax: 500,
  /** Rows of a list that one request looks at where no index leads to those that are wanted. */
  rowsPerListScan: 2_000,
  /** What a search for accounts finds at most: whoever gets that many types one more letter. */
  accountsFound: 50,
  searchCharsMax: 128,
  /** Two letters of a name are too many accounts. */
  searchCharsMin: 3,
  /** More failed deliveries are not counted: somebody looks after the first. */
  failuresCountedMax: 1_000,
  /** Payments that the cost of payouts is estimated from, and for how long back. */
  paymentsLookedMax: 10_000,
  paymentCostDays: 7,
  /** Jobs whose place in the queue is found in one request: each is a walk through its rank. */
  queuePageMax: 100,
  /** A name or a provider of 64 characters in any script, with an id. */
  fleetCursorCharsMax: 512,
} as const;
