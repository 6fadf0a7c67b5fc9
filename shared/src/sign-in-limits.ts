/** Numbers of keys, sessions and sign-ins, each with its reason; `limits.ts` has the others. */
export const signInLimits = {
  /** When a key was last used is known to the hour: enough to see which ones nobody needs. */
  keyUseGrainMs: 3_600_000,
  /** Of a session to the minute, since that keeps it open. */
  sessionUseGrainMs: 60_000,
  /** How often uses are written. */
  keyUseFlushMs: 15_000,
  /** The longest that a rotated key works beside its successor: a day to bring it everywhere. */
  keyOverlapSecMax: 86_400,
  /** A page that is left open asks now and then; one that is closed for this long is signed out. */
  sessionIdleMs: 1_800_000,
  /** After a working day the wallet signs again, whatever happened. */
  sessionMs: 12 * 3_600_000,
  /** Sessions of one account; one more ends the oldest. */
  sessionsPerAccount: 50,
  /** What is kept of the name that a browser gives itself. */
  sessionClientChars: 128,
  /** A wallet asks its owner, who reads: five minutes. */
  signInMs: 300_000,
  /** 192 random bits. */
  nonceBytes: 24,
  /** The longest text that a wallet is asked to sign here, with room for long domains. */
  signInMessageChars: 2_048,
  /** Time to take a phone, open the page and compare the code. */
  deviceLoginMs: 600_000,
  /** RFC 8628's own; each `slow_down` adds as much. */
  deviceIntervalSec: 5,
  deviceClientChars: 64,
  /**
   * Codes that one account may try in a minute. A code has 20⁸ values and lives ten minutes: a hundred
   * tries hit one of a thousand open codes with a chance of one in 250 000.
   */
  userCodesPerMinute: 10,
} as const;

/** Sent as `1` with every change that is made in a session: a form of another page can't. */
export const csrfHeader = 'x-node3-csrf';
