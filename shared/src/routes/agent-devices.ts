import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { Device, Metric } from '../device.ts';
import { historyMetrics, historyWindowNames, metricNames, slowdowns } from '../device-metrics.ts';
import { nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { SaidSchema } from './agent-local.ts';

/** The errors of one kind that the driver reported of a card since the machine started. */
const XidReport = strictObject({
  code: Type.Integer(),
  count: Type.Integer(),
  lastAt: nullable(Timestamp),
  sentence: Type.String({ description: 'What the code means' }),
  blame: oneOf(['device', 'application', 'notice']),
});

/** One device with everything that its tools tell. What they don't tell is null, never 0. */
export const LocalDevice = strictObject({
  ...Device.properties,
  index: Type.Integer({ description: 'The number of its tool; may change at every boot' }),
  pciBusId: nullable(Type.String()),
  framework: nullable(Type.String()),
  frameworkVersion: nullable(Type.String()),
  health: strictObject({
    state: oneOf(['ok', 'sick']),
    reason: nullable(Type.String()),
    said: Type.Optional(SaidSchema),
  }),
  executionId: nullable(Type.String({ description: 'Of the job that has it now' })),
  ageMs: nullable(Type.Number({ description: 'Since it was read; null: it never was' })),
  metrics: Type.Array(strictObject({ name: oneOf(metricNames), ...Metric.properties })),
  slowdowns: nullable(
    Type.Array(oneOf(slowdowns), { description: 'null where its tool does not say' }),
  ),
  xids: nullable(
    Type.Array(XidReport, { description: 'null where the log of the kernel is not heard' }),
  ),
});
export type LocalDevice = Static<typeof LocalDevice>;

export const listLocalDevices = {
  method: 'GET',
  url: '/api/v1/local/devices',
  summary: 'Each device of this agent with all that is measured of it and its health',
  audience: 'provider',
  tag: 'agent',
  schema: { response: { 200: strictObject({ data: Type.Array(LocalDevice) }) } },
} as const satisfies RouteContract;

const GpuProcess = strictObject({
  pid: Type.Integer(),
  name: nullable(Type.String({ description: 'Without its folder' })),
  memoryBytes: nullable(Type.Integer({ description: 'null where the driver does not count it' })),
});

export const listGpuProcesses = {
  method: 'GET',
  url: '/api/v1/local/processes',
  summary:
    'The compute programs that use each GPU now, jobs and others; they are told to nobody else',
  audience: 'provider',
  tag: 'agent',
  schema: {
    response: {
      200: strictObject({
        at: Timestamp,
        data: Type.Array(
          strictObject({
            deviceId: Type.String(),
            total: nullable(Type.Integer()),
            processes: nullable(
              Type.Array(GpuProcess, {
                description: 'The one with the most memory first; null where no tool told',
              }),
            ),
          }),
        ),
      }),
    },
  },
} as const satisfies RouteContract;

const counter = (description: string) => nullable(Type.Integer({ description }));

export const getHostReading = {
  method: 'GET',
  url: '/api/v1/local/host',
  summary: 'What the whole machine uses now; two readings tell what was used between them',
  audience: 'provider',
  tag: 'agent',
  schema: {
    response: {
      200: strictObject({
        at: Timestamp,
        cpuBusyMs: counter('Of all processors since the machine started'),
        cpuTotalMs: counter('The same, idle time included'),
        memoryBytes: Type.Integer(),
        memoryUsedBytes: nullable(
          Type.Integer({
            description: 'null where the system does not tell what is available',
          }),
        ),
        diskBytes: counter('Of the disk that the data of the agent are on'),
        diskUsedBytes: counter('Of the same disk'),
        networkReceivedBytes: counter('By all interfaces to the outside since the machine started'),
        networkSentBytes: counter('By the same'),
      }),
    },
  },
} as const satisfies RouteContract;

/** `points` has one value for each step from `from` on; null is a gap: nothing was read then. */
export const TelemetryHistory = strictObject({
  window: oneOf(historyWindowNames),
  stepSec: Type.Integer(),
  from: Timestamp,
  to: Timestamp,
  devices: Type.Array(
    strictObject({
      deviceId: Type.String(),
      series: Type.Array(
        strictObject({
          metric: oneOf(historyMetrics),
          source: Metric.properties.source,
          points: Type.Array(nullable(Type.Number())),
        }),
      ),
    }),
  ),
});
export type TelemetryHistory = Static<typeof TelemetryHistory>;

export const getTelemetryHistory = {
  method: 'GET',
  url: '/api/v1/local/telemetry',
  summary: 'What each device measured over the last hour, day or month',
  audience: 'provider',
  tag: 'agent',
  schema: {
    querystring: strictObject({ window: Type.Optional(oneOf(historyWindowNames)) }),
    response: { 200: TelemetryHistory },
  },
} as const satisfies RouteContract;
