import type { Dashboard } from './build-dashboard.ts';
import { bars, percentiles, series, stat, table } from './panels.ts';

const on = 'instance=~"$instance"';
const ofClass = `${on}, gpu_class=~"$gpu_class"`;
const openJobs = `node3_jobs{${on}, state=~"awaiting_funds|queued|assigned|running"}`;
const requests = 'node3_http_request_duration_seconds';

/** How full the market is, how fast it works and what goes wrong. */
export const marketplaceDashboard: Dashboard = {
  uid: 'node3-marketplace',
  title: 'node3 Marketplace',
  variables: [
    { name: 'instance', metric: 'node3_jobs', label: 'instance' },
    { name: 'gpu_class', metric: 'node3_job_queue_duration_seconds_count', label: 'gpu_class' },
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        // Replicas count the same store: the largest of them, not their sum.
        stat('Pending', `max(sum by (instance) (node3_jobs{${on}, state="queued"}))`),
        stat('Running', `max(sum by (instance) (node3_jobs{${on}, state="running"}))`),
        stat(
          'Success ratio, 1 h',
          `sum(increase(node3_jobs_finished_total{${on}, outcome="succeeded"}[1h])) / sum(increase(node3_jobs_finished_total{${on}, outcome!~"cancelled|expired"}[1h]))`,
          { unit: 'percentunit' },
        ),
        stat('Agents online', `max(sum by (instance) (node3_agents{${on}, state!="offline"}))`),
        stat(
          'Queue time p95, 1 h',
          `histogram_quantile(0.95, sum by (le) (rate(node3_job_queue_duration_seconds_bucket{${ofClass}}[1h])))`,
          { unit: 's' },
        ),
        stat('Version', `max(node3_build_info{${on}})`, {
          description: 'The labels say which version and commit run.',
        }),
      ],
    },
    {
      title: 'Jobs',
      panels: [
        series('Jobs by state', {
          '{{state}}': `max by (state) (sum by (instance, state) (${openJobs}))`,
        }),
        series('Open jobs by type', {
          '{{type}}': `max by (type) (sum by (instance, type) (${openJobs}))`,
        }),
        series(
          'Oldest pending',
          {
            '{{gpu_class}}': `max by (gpu_class) (node3_job_oldest_pending_age_seconds{${ofClass}})`,
          },
          { unit: 's' },
        ),
        series(
          'Transitions',
          {
            '{{from}} → {{to}}': `sum by (from, to) (rate(node3_job_transitions_total{${on}}[$__rate_interval]))`,
          },
          { unit: 'ops', stacked: true },
        ),
        series('Posted', {
          '{{type}}': `sum by (type) (rate(node3_jobs_created_total{${on}}[$__rate_interval]))`,
        }),
        series('Queue time', percentiles(`node3_job_queue_duration_seconds_bucket{${ofClass}}`), {
          unit: 's',
        }),
        series('Run time', percentiles(`node3_job_run_duration_seconds_bucket{${ofClass}}`), {
          unit: 's',
        }),
        table('Failures by reason', {
          failed: `sum by (type, outcome, reason) (increase(node3_jobs_finished_total{${on}, outcome!="succeeded"}[$__range]))`,
        }),
        bars('Rejections by requirement', {
          '{{requirement}}': `sum by (requirement) (increase(node3_match_rejections_total{${on}}[$__range]))`,
        }),
      ],
    },
    {
      title: 'Machines',
      panels: [
        series('Agents', {
          '{{state}} {{gpu_vendor}}': `max by (state, gpu_vendor) (node3_agents{${on}})`,
        }),
        series('GPUs', {
          'available {{gpu_model}}': `max by (gpu_model) (node3_gpus_available{${on}})`,
          'registered {{gpu_model}}': `max by (gpu_model) (node3_gpus_registered{${on}})`,
        }),
        series('Heartbeats and lost leases', {
          heartbeats: `sum(rate(node3_agent_heartbeats_total{${on}}[$__rate_interval]))`,
          'leases expired': `sum(rate(node3_agent_leases_expired_total{${on}}[$__rate_interval]))`,
        }),
        bars('Agents by version', {
          '{{version}}': `max by (version) (node3_agent_version_info{${on}})`,
        }),
      ],
    },
    {
      title: 'HTTP',
      panels: [
        series(
          'Requests',
          {
            '{{route}}': `sum by (route) (rate(${requests}_count{${on}}[$__rate_interval]))`,
          },
          { unit: 'reqps', stacked: true },
        ),
        series(
          'Errors',
          {
            '{{status_class}}': `sum by (status_class) (rate(${requests}_count{${on}, status_class=~"4xx|5xx"}[$__rate_interval]))`,
            'rate limited': `sum(rate(node3_rate_limited_total{${on}}[$__rate_interval]))`,
            'bad keys {{reason}}': `sum by (reason) (rate(node3_auth_failures_total{${on}}[$__rate_interval]))`,
          },
          { unit: 'reqps' },
        ),
        series(
          'Latency without long polls',
          percentiles(`${requests}_bucket{${on}, route!~".*/poll"}`),
          {
            unit: 's',
          },
        ),
        series('In flight', {
          requests: `sum(node3_http_requests_in_flight{${on}})`,
          replayed: `sum(rate(node3_idempotency_replays_total{${on}}[$__rate_interval]))`,
        }),
        series('Streams', {
          'open {{transport}}': `sum by (transport) (node3_stream_clients{${on}})`,
          'dropped {{transport}}': `sum by (transport) (rate(node3_stream_dropped_total{${on}}[$__rate_interval]))`,
        }),
      ],
    },
    {
      title: 'Process',
      panels: [
        series(
          'Event loop lag',
          {
            p50: `max(nodejs_eventloop_lag_p50_seconds{${on}})`,
            p99: `max(nodejs_eventloop_lag_p99_seconds{${on}})`,
          },
          { unit: 's' },
        ),
        series('Search of the index', percentiles(`node3_match_duration_seconds_bucket{${on}}`), {
          unit: 's',
        }),
        series(
          'Store, 99 of 100 operations',
          {
            '{{op}}': `histogram_quantile(0.99, sum by (le, op) (rate(node3_db_query_duration_seconds_bucket{${on}}[$__rate_interval])))`,
          },
          { unit: 's' },
        ),
        series(
          'Files',
          {
            database: `max(node3_db_size_bytes{${on}})`,
            'write-ahead log': `max(node3_db_wal_bytes{${on}})`,
            'free on the disk': `min(node3_disk_free_bytes{${on}})`,
          },
          { unit: 'bytes' },
        ),
        series(
          'Memory',
          { '{{instance}}': `process_resident_memory_bytes{${on}}` },
          { unit: 'bytes' },
        ),
        series('CPU', {
          '{{instance}}': `rate(process_cpu_seconds_total{${on}}[$__rate_interval])`,
        }),
      ],
    },
  ],
};
