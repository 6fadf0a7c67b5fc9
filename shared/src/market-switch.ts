/** What holds the market back in an emergency, beside the payouts; each is off until it is turned on. */
export const marketSwitches = ['pause-matching', 'read-only'] as const;
export type MarketSwitch = (typeof marketSwitches)[number];
