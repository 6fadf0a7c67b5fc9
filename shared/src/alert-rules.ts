import type { Asset } from './money.ts';

export const alertSeverities = ['warning', 'critical'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

/** What is watched, and whose trouble it is. */
export const alertRules = {
  'agent-offline': { severity: 'warning', about: 'An agent of yours does not answer.' },
  'balance-low': { severity: 'warning', about: 'There is little left to post jobs with.' },
  'disk-full': { severity: 'critical', about: 'The disk of the marketplace is nearly full.' },
  'ledger-broken': { severity: 'critical', about: 'The ledger or the treasury does not add up.' },
  'payment-stuck': { severity: 'critical', about: 'A payout that is due does not arrive.' },
  'queue-old': { severity: 'warning', about: 'Jobs wait long for an agent.' },
  'treasury-low': { severity: 'critical', about: 'Little SOL is left for the fees of payouts.' },
  'webhook-failing': { severity: 'warning', about: 'A webhook of yours fails.' },
} as const satisfies Record<string, { severity: AlertSeverity; about: string }>;

export type AlertRule = keyof typeof alertRules;

/** What the sentence of an alert is made of, as of when it was opened. */
export interface AlertFacts {
  /** Of an agent. */
  name?: string;
  /** For how long. */
  ms?: number;
  /** Decimal, of the asset. */
  amount?: string;
  asset?: Asset;
  /** Share of a disk that is free, 0 to 1. */
  freeRatio?: number;
}
