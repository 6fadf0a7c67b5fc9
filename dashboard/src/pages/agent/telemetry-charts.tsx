import { SimpleGrid } from '@mantine/core';
import type { HistoryMetric } from '@node3/shared/device-metrics';
import type { TelemetryHistory } from '@node3/shared/routes/agent-devices';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { spansOf } from '../../parts/charts/chart-data.ts';
import { TimeChart } from '../../parts/charts/time-chart.tsx';

interface TelemetryChartsProps {
  history: TelemetryHistory;
  deviceId: string;
  memoryBytes: number | null;
  /** The hottest at which the policy lets it take a job; null: any. */
  temperatureMax: number | null;
}

type Points = readonly (number | null)[];

/** What `history` says of a device: a time for each step and the values of a metric. */
export function readHistory(history: TelemetryHistory, deviceId: string) {
  const fromMs = Date.parse(history.from);
  const device = history.devices.find((one) => one.deviceId === deviceId);
  const points = (metric: HistoryMetric): Points =>
    device?.series.find((one) => one.metric === metric)?.points ?? [];
  const count = points('busyRatio').length;
  const times = Array.from({ length: count }, (_, step) => fromMs + step * history.stepSec * 1_000);
  return { points, times };
}

/** The past of one device, with what it was slowed down for marked, and every gap as a gap. */
export function TelemetryCharts(props: TelemetryChartsProps) {
  const { history, deviceId, memoryBytes, temperatureMax } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const { points, times } = useMemo(() => readHistory(history, deviceId), [history, deviceId]);
  const { wholePercent: percent } = format;
  const unit = (name: string) => (value: number) => `${format.number(value)} ${name}`;
  const marked = { label: t('gpus.slowed'), spans: spansOf(times, points('slowedRatio')) };
  const constant = (value: number) => times.map(() => value);
  const sync = `gpu ${deviceId}`;
  const share = { min: 0, max: 1 };
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
      <TimeChart
        title={t('metric.utilization')}
        data={{
          times,
          series: [
            { label: t('metric.utilization'), points: points('utilizationRatio') },
            { label: t('gpus.busy'), points: points('busyRatio') },
          ],
        }}
        format={percent}
        range={share}
        sync={sync}
        empty={t('gpus.untold')}
      />
      <TimeChart
        title={t('metric.memory')}
        data={{ times, series: [{ label: t('metric.memory'), points: points('memoryUsedBytes') }] }}
        format={format.bytes}
        inBytes
        sync={sync}
        empty={t('gpus.untold')}
        {...(memoryBytes === null ? {} : { range: { min: 0, max: memoryBytes } })}
      />
      <TimeChart
        title={t('metric.temperature')}
        data={{
          times,
          marked,
          series: [
            { label: t('metric.temperature'), points: points('temperatureCelsius') },
            ...(temperatureMax === null
              ? []
              : [{ label: t('gpus.policyMax'), points: constant(temperatureMax) }]),
          ],
        }}
        format={unit('°C')}
        sync={sync}
        empty={t('gpus.untold')}
      />
      <TimeChart
        title={t('metric.power')}
        data={{
          times,
          marked,
          series: [
            { label: t('metric.power'), points: points('powerWatts') },
            { label: t('gpus.powerLimit'), points: points('powerLimitWatts') },
          ],
        }}
        format={unit('W')}
        sync={sync}
        empty={t('gpus.untold')}
      />
      <TimeChart
        title={t('gpus.clock')}
        data={{ times, series: [{ label: t('gpus.clock'), points: points('smClockMegahertz') }] }}
        format={unit('MHz')}
        sync={sync}
        empty={t('gpus.untold')}
      />
      <TimeChart
        title={t('gpus.fan')}
        data={{ times, series: [{ label: t('gpus.fan'), points: points('fanRatio') }] }}
        format={percent}
        range={share}
        sync={sync}
        empty={t('gpus.untold')}
      />
    </SimpleGrid>
  );
}
