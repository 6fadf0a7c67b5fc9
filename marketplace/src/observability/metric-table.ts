import type { MetricTable } from '@node3/shared/metrics';

/**
 * Every metric of the marketplace. Labels take their values from closed lists: no label names a job,
 * a wallet or anything else of which there may be any number.
 */
export const metricTable = {
  node3_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels say what runs.',
    labels: ['version', 'commit', 'node'],
  },
  node3_http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from the head of a request to the end of its answer, long polls included.',
    labels: ['method', 'route', 'status_class'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  node3_http_requests_in_flight: {
    type: 'gauge',
    help: 'Requests whose answer has not ended, long polls and streams included.',
    labels: [],
  },
  node3_jobs: {
    type: 'gauge',
    help: 'Jobs in the store by state and by what they run.',
    labels: ['state', 'type'],
  },
  node3_jobs_created_total: { type: 'counter', help: 'Jobs posted.', labels: ['type'] },
  node3_job_transitions_total: {
    type: 'counter',
    help: 'Changes of the state of a job.',
    labels: ['from', 'to'],
  },
  node3_jobs_finished_total: {
    type: 'counter',
    help: 'Jobs that have ended; outcome is the final state.',
    labels: ['type', 'outcome', 'reason'],
  },
  node3_job_queue_duration_seconds: {
    type: 'histogram',
    help: 'Time from the posting of a job, or its return to the queue, to its lease.',
    labels: ['gpu_class', 'priority'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 1_800, 3_600],
  },
  node3_job_run_duration_seconds: {
    type: 'histogram',
    help: 'Billed run time of each execution that started.',
    labels: ['type', 'gpu_class', 'outcome'],
    buckets: [1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200, 86_400],
  },
  node3_job_oldest_pending_age_seconds: {
    type: 'gauge',
    help: 'Age of the oldest queued job, among the oldest ones of the queue.',
    labels: ['gpu_class'],
  },
  node3_match_duration_seconds: {
    type: 'histogram',
    help: 'Time that one search of the matching index took.',
    labels: [],
    buckets: [0.000_01, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.005, 0.025, 0.1],
  },
  node3_match_rejections_total: {
    type: 'counter',
    help: 'Jobs that were refused, or that expired in the queue, by the requirement that excludes most agents.',
    labels: ['requirement'],
  },
  node3_agents: {
    type: 'gauge',
    help: 'Agents that have made an offer.',
    labels: ['state', 'gpu_vendor'],
  },
  node3_gpus_available: {
    type: 'gauge',
    help: 'GPUs of agents online that no execution holds.',
    labels: ['gpu_model', 'vendor'],
  },
  node3_gpus_registered: {
    type: 'gauge',
    help: 'GPUs that agents have offered.',
    labels: ['gpu_model', 'vendor'],
  },
  node3_agent_heartbeats_total: { type: 'counter', help: 'Heartbeats received.', labels: [] },
  node3_agent_leases_expired_total: {
    type: 'counter',
    help: 'Executions lost because their agent fell silent.',
    labels: [],
  },
  node3_agent_version_info: {
    type: 'gauge',
    help: 'Agents online that speak for a version.',
    labels: ['version'],
  },
  node3_payments_total: {
    type: 'counter',
    help: 'Movements of money by kind: hold, payout, refund, deposit.',
    labels: ['currency', 'kind', 'outcome'],
  },
  node3_payment_amount_total: {
    type: 'counter',
    help: 'Money moved by the successful ones, in whole units of the currency.',
    labels: ['currency', 'kind'],
  },
  node3_payment_confirmation_seconds: {
    type: 'histogram',
    help: 'Time from the first signed payment of a batch to when the chain was seen to have confirmed it, and to when it was final and booked.',
    labels: ['currency', 'commitment'],
    buckets: [0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120],
  },
  node3_payments_pending: {
    type: 'gauge',
    help: 'Payouts that are not paid yet, those held for a person included.',
    labels: ['currency'],
  },
  node3_payment_oldest_pending_age_seconds: {
    type: 'gauge',
    help: 'Age of the oldest payout that may leave and has not arrived.',
    labels: ['currency'],
  },
  node3_wallet_balance: {
    type: 'gauge',
    help: 'Balance on chain, in whole units of the currency: finalized of the treasury, confirmed of the wallet that pays the fees of x402, which may be the same.',
    labels: ['currency', 'wallet'],
  },
  node3_escrow_liabilities: {
    type: 'gauge',
    help: 'What is owed to users and providers by the ledger, in whole units of the currency.',
    labels: ['currency'],
  },
  node3_ledger_balanced: {
    type: 'gauge',
    help: '1 when the last audit found that every entry adds up, 0 when not; no sample before the first.',
    labels: [],
  },
  node3_ledger_imbalance: {
    type: 'gauge',
    help: 'What is missing on chain for what the ledger says, in whole units; must be 0.',
    labels: ['currency'],
  },
  node3_solana_rpc_duration_seconds: {
    type: 'histogram',
    help: 'Time of one call to one endpoint.',
    labels: ['method', 'endpoint'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  node3_solana_rpc_calls_total: {
    type: 'counter',
    help: 'Calls to endpoints.',
    labels: ['method', 'endpoint'],
  },
  node3_solana_rpc_errors_total: {
    type: 'counter',
    help: 'Calls without a usable answer; those that the cluster refused are not among them.',
    labels: ['method', 'endpoint'],
  },
  node3_solana_slot_lag: {
    type: 'gauge',
    help: 'Slots an endpoint is behind the most advanced one; no sample with one endpoint alone.',
    labels: ['endpoint'],
  },
  node3_stream_clients: {
    type: 'gauge',
    help: 'Open streams: web sockets, streams of lines, sockets of agents.',
    labels: ['transport'],
  },
  node3_stream_dropped_total: {
    type: 'counter',
    help: 'Streams that were closed because their reader was too slow.',
    labels: ['transport'],
  },
  node3_db_query_duration_seconds: {
    type: 'histogram',
    help: 'Time of one operation of the store, its wait for the commit included.',
    labels: ['op'],
    buckets: [0.000_1, 0.000_5, 0.002, 0.01, 0.05, 0.25, 1, 5],
  },
  node3_db_size_bytes: { type: 'gauge', help: 'Size of the database file.', labels: [] },
  node3_db_wal_bytes: { type: 'gauge', help: 'Size of its write-ahead log.', labels: [] },
  node3_disk_free_bytes: {
    type: 'gauge',
    help: 'Room for the marketplace on the disk with its data, its database or its artifacts.',
    labels: ['disk'],
  },
  node3_disk_size_bytes: { type: 'gauge', help: 'Size of that disk.', labels: ['disk'] },
  node3_new_work_refused: {
    type: 'gauge',
    help: '1 while new work is refused because a disk is nearly full, otherwise 0.',
    labels: [],
  },
  node3_webhook_deliveries_total: {
    type: 'counter',
    help: 'Attempts to deliver a webhook; `retried` is made again, `failed` is given up.',
    labels: ['outcome'],
  },
  node3_webhook_delivery_duration_seconds: {
    type: 'histogram',
    help: 'Time of each attempt, to the end of what is read of the answer.',
    labels: ['event_type'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  node3_webhook_backlog: {
    type: 'gauge',
    help: 'Deliveries that wait for an attempt, of all webhooks.',
    labels: [],
  },
  node3_idempotency_replays_total: {
    type: 'counter',
    help: 'Requests answered as they were answered before.',
    labels: ['route'],
  },
  node3_rate_limited_total: {
    type: 'counter',
    help: 'Requests refused with 429.',
    labels: ['route'],
  },
  node3_auth_failures_total: {
    type: 'counter',
    help: 'Requests refused for their key.',
    labels: ['reason'],
  },
} as const satisfies MetricTable;
