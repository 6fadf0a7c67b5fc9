import type { Dashboard } from './build-dashboard.ts';
import { heatmap, series, stat, table, timeline } from './panels.ts';

const on = 'instance=~"$instance"';
const gpu = `${on}, uuid=~"$gpu"`;
/** Joins the name of a device to its readings. */
const named = `* on (instance, uuid) group_left (model) node3_gpu_info{${gpu}}`;

/** What the machines of a provider do and earn. */
export const providerDashboard: Dashboard = {
  uid: 'node3-provider',
  title: 'node3 Provider',
  variables: [
    { name: 'instance', metric: 'node3_agent_up', label: 'instance' },
    { name: 'gpu', metric: 'node3_gpu_info', label: 'uuid' },
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        stat('Agents up', `sum(node3_agent_up{${on}})`),
        stat('Owed', `sum by (currency) (node3_agent_payout_pending{${on}})`),
        stat('Silent for', `max(time() - node3_agent_last_poll_timestamp_seconds{${on}})`, {
          unit: 's',
        }),
        stat('Duty cycle, 24 h', `avg(rate(node3_gpu_busy_seconds_total{${gpu}}[24h]))`, {
          unit: 'percentunit',
        }),
        stat('Free on the disk', `min(node3_agent_disk_free_bytes{${on}})`, { unit: 'bytes' }),
        stat('Checks that fail', `count(node3_agent_doctor_check{${on}} == 0) or vector(0)`),
      ],
    },
    {
      title: 'GPUs',
      panels: [
        table(
          'GPUs',
          {
            utilization: `node3_gpu_utilization_ratio{${gpu}} ${named}`,
            'memory in use': `node3_gpu_memory_used_bytes{${gpu}} / on (instance, uuid) node3_gpu_memory_total_bytes{${gpu}}`,
            temperature: `node3_gpu_temperature_celsius{${gpu}}`,
            'share of the power limit': `node3_gpu_power_watts{${gpu}} / on (instance, uuid) node3_gpu_power_limit_watts{${gpu}}`,
            busy: `rate(node3_gpu_busy_seconds_total{${gpu}}[$__rate_interval])`,
          },
          { width: 24 },
        ),
        series(
          'Utilization',
          { '{{model}} {{uuid}}': `node3_gpu_utilization_ratio{${gpu}} ${named}` },
          { unit: 'percentunit' },
        ),
        series(
          'Memory',
          { '{{model}} {{uuid}}': `node3_gpu_memory_used_bytes{${gpu}} ${named}` },
          { unit: 'bytes' },
        ),
        series(
          'Temperature',
          {
            '{{model}} {{uuid}}': `node3_gpu_temperature_celsius{${gpu}} ${named}`,
            'memory {{uuid}}': `node3_gpu_memory_temperature_celsius{${gpu}}`,
          },
          { unit: 'celsius' },
        ),
        series(
          'Power',
          { '{{model}} {{uuid}}': `node3_gpu_power_watts{${gpu}} ${named}` },
          { unit: 'watt' },
        ),
        series(
          'Energy an hour',
          { '{{uuid}}': `increase(node3_gpu_energy_joules_total{${gpu}}[1h])` },
          { unit: 'joule' },
        ),
        series(
          'PCIe',
          {
            '{{direction}} {{uuid}}': `rate(node3_gpu_pcie_bytes_total{${gpu}}[$__rate_interval])`,
          },
          { unit: 'Bps' },
        ),
        series('PCIe lanes and replays', {
          'lanes {{uuid}}': `node3_gpu_pcie_lanes{${gpu}}`,
          'generation {{uuid}}': `node3_gpu_pcie_generation{${gpu}}`,
          'replays {{uuid}}': `node3_gpu_pcie_replays_total{${gpu}}`,
        }),
        series(
          'Fans',
          { '{{model}} {{uuid}}': `node3_gpu_fan_ratio{${gpu}} ${named}` },
          { unit: 'percentunit' },
        ),
        series(
          'Clocks',
          { '{{domain}} {{uuid}}': `node3_gpu_clock_hertz{${gpu}}` },
          { unit: 'hertz' },
        ),
        timeline('Throttling', { '{{reason}} {{uuid}}': `node3_gpu_throttle{${gpu}}` }),
        timeline('State of the agents', { '{{state}}': `node3_agent_state{${on}} == 1` }),
        heatmap('Duty cycle', {
          '{{uuid}}': `rate(node3_gpu_busy_seconds_total{${gpu}}[1h])`,
        }),
        series('XID and memory errors', {
          'uncorrected {{uuid}}': `node3_gpu_ecc_uncorrected_total{${gpu}}`,
          'XID {{xid}} {{uuid}}': `node3_gpu_xid_errors_total{${gpu}}`,
        }),
      ],
    },
    {
      title: 'Work and earnings',
      panels: [
        series('Earned a day', {
          '{{currency}}': `sum by (currency) (increase(node3_agent_earnings_total{${on}}[1d]))`,
        }),
        series('Earned a day, by GPU', {
          '{{currency}} {{uuid}}': `sum by (currency, uuid) (increase(node3_agent_earnings_total{${on}}[1d]))`,
        }),
        series(
          'Jobs',
          {
            '{{outcome}} {{reason}}': `sum by (outcome, reason) (increase(node3_agent_jobs_total{${on}}[$__rate_interval]))`,
          },
          { stacked: true },
        ),
        series(
          'Pulls p95',
          {
            pull: `histogram_quantile(0.95, sum by (le) (rate(node3_agent_image_pull_seconds_bucket{${on}}[1h])))`,
          },
          { unit: 's' },
        ),
        series('Polls', {
          'p95 {{transport}}': `histogram_quantile(0.95, sum by (le, transport) (rate(node3_agent_poll_duration_seconds_bucket{${on}}[$__rate_interval])))`,
          'errors {{transport}}': `sum by (transport) (rate(node3_agent_poll_errors_total{${on}}[$__rate_interval]))`,
        }),
        table('Checks', { ok: `node3_agent_doctor_check{${on}}` }),
      ],
    },
  ],
};
