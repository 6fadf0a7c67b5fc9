/** How a deposit was found to be somebody's. */
export const depositRoutes = ['reference', 'memo', 'claim', 'operator', 'faucet'] as const;
export type DepositRoute = (typeof depositRoutes)[number];

/**
 * `waiting`: below the minimum, credited together with what comes next. `suspense`: nobody's yet.
 * `refunding`, `refunded`: on its way back to the wallet it came from, or there.
 */
export const depositStates = ['credited', 'waiting', 'suspense', 'refunding', 'refunded'] as const;

/** Why money waits in suspense. */
export const suspenseReasons = ['unattributed', 'ambiguous', 'dust'] as const;
export type SuspenseReason = (typeof suspenseReasons)[number];
