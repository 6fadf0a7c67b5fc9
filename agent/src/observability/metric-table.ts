import type { MetricTable } from '@node3/shared/metrics';

const device = ['uuid'] as const;

/** Every metric of the agent. No label names a job or a wallet; devices are bounded by the machine. */
export const agentMetricTable = {
  node3_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels say what runs.',
    labels: ['version', 'commit', 'node'],
  },
  node3_agent_up: { type: 'gauge', help: 'Always 1 while the agent answers.', labels: [] },
  node3_agent_state: {
    type: 'gauge',
    help: '1 for the state the agent is in, 0 for the others.',
    labels: ['state'],
  },
  node3_gpu_info: {
    type: 'gauge',
    help: 'Always 1; identity of a device, to be joined by uuid.',
    labels: ['gpu', 'uuid', 'vendor', 'model', 'driver', 'runtime'],
  },
  node3_gpu_utilization_ratio: {
    type: 'gauge',
    help: 'Share of the time in which a kernel ran, 0 to 1.',
    labels: device,
  },
  node3_gpu_memory_used_bytes: { type: 'gauge', help: 'Memory in use.', labels: device },
  node3_gpu_memory_total_bytes: { type: 'gauge', help: 'Memory of the device.', labels: device },
  node3_gpu_temperature_celsius: {
    type: 'gauge',
    help: 'Temperature of the chip.',
    labels: device,
  },
  node3_gpu_memory_temperature_celsius: {
    type: 'gauge',
    help: 'Temperature of its memory.',
    labels: device,
  },
  node3_gpu_power_watts: { type: 'gauge', help: 'Power drawn.', labels: device },
  node3_gpu_power_limit_watts: { type: 'gauge', help: 'Power limit in force.', labels: device },
  node3_gpu_energy_joules_total: {
    type: 'counter',
    help: 'Energy drawn since the driver began to count; estimated from power since the agent started where no driver counts.',
    labels: device,
  },
  node3_gpu_fan_ratio: { type: 'gauge', help: 'Fan speed, 0 to 1.', labels: device },
  node3_gpu_clock_hertz: {
    type: 'gauge',
    help: 'Clock of a domain.',
    labels: ['uuid', 'domain'],
  },
  node3_gpu_pcie_bytes_total: {
    type: 'counter',
    help: 'Traffic of the PCIe link as seen from the device (receive, transmit), estimated from its throughput since the agent started.',
    labels: ['uuid', 'direction'],
  },
  node3_gpu_pcie_generation: {
    type: 'gauge',
    help: 'Generation of the PCIe link in use; lower while the device rests.',
    labels: device,
  },
  node3_gpu_pcie_generation_max: {
    type: 'gauge',
    help: 'Highest generation of the PCIe link here.',
    labels: device,
  },
  node3_gpu_pcie_lanes: {
    type: 'gauge',
    help: 'Width of the PCIe link in use, in lanes.',
    labels: device,
  },
  node3_gpu_pcie_lanes_max: {
    type: 'gauge',
    help: 'Greatest width of the PCIe link here.',
    labels: device,
  },
  node3_gpu_pcie_replays_total: {
    type: 'counter',
    help: 'PCIe packets sent again since the driver was loaded; of NVIDIA as of the last look for devices.',
    labels: device,
  },
  node3_gpu_throttle: {
    type: 'gauge',
    help: '1 while the device is slowed down for this reason, 0 while it is not.',
    labels: ['uuid', 'reason'],
  },
  node3_gpu_ecc_uncorrected_total: {
    type: 'counter',
    help: 'Uncorrected memory errors since the driver was loaded.',
    labels: device,
  },
  node3_gpu_xid_errors_total: {
    type: 'counter',
    help: 'Errors reported by the driver of NVIDIA since the machine started, by code; none where the log of the kernel can not be read.',
    labels: ['uuid', 'xid'],
  },
  node3_gpu_xid_last_timestamp_seconds: {
    type: 'gauge',
    help: 'When such an error was reported last, Unix time.',
    labels: ['uuid', 'xid'],
  },
  node3_gpu_estimated: {
    type: 'gauge',
    help: 'Always 1; names a metric of this device that is worked out rather than measured.',
    labels: ['uuid', 'metric'],
  },
  node3_gpu_busy_seconds_total: {
    type: 'counter',
    help: 'Time in which a workload of ours held the device, since the agent started.',
    labels: device,
  },
  node3_agent_jobs_total: {
    type: 'counter',
    help: 'Executions that have ended here.',
    labels: ['outcome', 'reason'],
  },
  node3_agent_job_duration_seconds: {
    type: 'histogram',
    help: 'Run time of executions that started.',
    labels: ['outcome'],
    buckets: [1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200, 86_400],
  },
  node3_agent_poll_duration_seconds: {
    type: 'histogram',
    help: 'Time of one long poll or of one announcement on the socket.',
    labels: ['transport'],
    buckets: [0.01, 0.05, 0.25, 1, 5, 15, 30],
  },
  node3_agent_poll_errors_total: {
    type: 'counter',
    help: 'Those of them that failed.',
    labels: ['transport'],
  },
  node3_agent_last_poll_timestamp_seconds: {
    type: 'gauge',
    help: 'When the marketplace last answered anything, Unix time.',
    labels: [],
  },
  node3_agent_image_pull_seconds: {
    type: 'histogram',
    help: 'Time of pulls; images that were here already are not among them.',
    labels: [],
    buckets: [1, 5, 15, 60, 300, 900, 3_600],
  },
  node3_agent_earnings_total: {
    type: 'counter',
    help: 'What accepted results earned since the agent started, in whole units, shared by the devices used.',
    labels: ['currency', 'uuid'],
  },
  node3_agent_payout_pending: {
    type: 'gauge',
    help: 'What the marketplace owes this agent, in whole units.',
    labels: ['currency'],
  },
  node3_agent_doctor_check: {
    type: 'gauge',
    help: '1 where a check finds nothing to mend, 0 where it does.',
    labels: ['check'],
  },
  node3_agent_disk_free_bytes: {
    type: 'gauge',
    help: 'Room on the disk with the data of the agent.',
    labels: [],
  },
  node3_agent_disk_size_bytes: { type: 'gauge', help: 'Size of that disk.', labels: [] },
} as const satisfies MetricTable;
