import type { Dashboard } from './build-dashboard.ts';
import { percentiles, series, stat } from './panels.ts';

const on = 'instance=~"$instance"';
const balance = `max by (currency) (node3_wallet_balance{${on}, wallet="treasury"})`;

/** Whether the money is there, adds up and arrives. */
export const paymentsDashboard: Dashboard = {
  uid: 'node3-payments',
  title: 'node3 Payments',
  variables: [{ name: 'instance', metric: 'node3_escrow_liabilities', label: 'instance' }],
  rows: [
    {
      title: 'Now',
      panels: [
        stat('Ledger imbalance', `max by (currency) (node3_ledger_imbalance{${on}})`, {
          width: 6,
          description: 'What is missing on chain for what the ledger says; must be 0.',
        }),
        stat('Ledger adds up', `min(node3_ledger_balanced{${on}})`, { width: 6 }),
        stat('Payouts pending', `max by (currency) (node3_payments_pending{${on}})`, { width: 6 }),
        stat(
          'Runway',
          `${balance} / (sum by (currency) (rate(node3_payment_amount_total{${on}, kind="payout"}[6h])) > 0)`,
          { width: 6, unit: 's' },
        ),
      ],
    },
    {
      title: 'Money',
      panels: [
        series('Balance and liabilities', {
          'on chain {{currency}}': balance,
          'owed {{currency}}': `max by (currency) (node3_escrow_liabilities{${on}})`,
          'pays fees of x402, {{currency}}': `max by (currency) (node3_wallet_balance{${on}, wallet="fee_payer"})`,
        }),
        series('Moved', {
          '{{kind}} {{currency}}': `sum by (kind, currency) (rate(node3_payment_amount_total{${on}}[$__rate_interval]))`,
        }),
        series('Movements', {
          '{{kind}} {{outcome}} {{currency}}': `sum by (kind, outcome, currency) (rate(node3_payments_total{${on}}[$__rate_interval]))`,
        }),
        series('Failures', {
          '{{kind}} {{outcome}}': `sum by (kind, outcome) (increase(node3_payments_total{${on}, outcome!="success"}[$__rate_interval]))`,
        }),
      ],
    },
    {
      title: 'Payouts',
      panels: [
        series(
          'Time until confirmed and final',
          percentiles(`node3_payment_confirmation_seconds_bucket{${on}}`, [
            'currency',
            'commitment',
          ]),
          { unit: 's' },
        ),
        series(
          'Oldest pending',
          {
            '{{currency}}': `max by (currency) (node3_payment_oldest_pending_age_seconds{${on}})`,
          },
          { unit: 's' },
        ),
      ],
    },
    {
      title: 'Chain',
      panels: [
        series(
          'RPC latency p95',
          {
            '{{endpoint}} {{method}}': `histogram_quantile(0.95, sum by (le, endpoint, method) (rate(node3_solana_rpc_duration_seconds_bucket{${on}}[$__rate_interval])))`,
          },
          { unit: 's' },
        ),
        series(
          'RPC errors',
          {
            '{{endpoint}}': `sum by (endpoint) (rate(node3_solana_rpc_errors_total{${on}}[$__rate_interval])) / sum by (endpoint) (rate(node3_solana_rpc_calls_total{${on}}[$__rate_interval]))`,
          },
          { unit: 'percentunit' },
        ),
        series('Slots behind', {
          '{{endpoint}}': `max by (endpoint) (node3_solana_slot_lag{${on}})`,
        }),
        series('Webhooks', {
          '{{outcome}}': `sum by (outcome) (rate(node3_webhook_deliveries_total{${on}}[$__rate_interval]))`,
          waiting: `max(node3_webhook_backlog{${on}})`,
        }),
      ],
    },
  ],
};
