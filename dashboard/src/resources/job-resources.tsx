import { NativeSelect, SimpleGrid, Stack, Text } from '@mantine/core';
import type { JobResources as Resources } from '@node3/shared/routes/job-resources';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { IconGauge } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/use-format.ts';
import { TimeChart, type TimeChartProps } from '../parts/charts/time-chart.tsx';
import { ZoomableCharts } from '../parts/charts/zoomable-charts.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { QueryView } from '../parts/query-view.tsx';
import { SectionCard } from '../parts/section-card.tsx';
import { useNow } from '../use-now.ts';
import { toLines, unreadTimes } from './usage-chart-data.ts';
import { useLiveResources } from './use-live-resources.ts';

/** What a job uses of processor, memory and GPUs, live and afterwards. */
export function JobResources({ job }: { job: Pick<JobDetail, 'jobId' | 'executions'> }) {
  const { t } = useTranslation();
  const [attempt, setAttempt] = useState<number | null>(null);
  const query = useLiveResources(job.jobId, attempt);
  const latest = job.executions.at(-1)?.attempt ?? 1;
  return (
    <SectionCard
      title={t('resources.title')}
      aside={
        job.executions.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label={t('log.attempt')}
            value={attempt ?? latest}
            onChange={(event) => setAttempt(Number(event.currentTarget.value))}
            data={job.executions.map(({ attempt: number }) => ({
              value: String(number),
              label: t('resources.attempt', { number }),
            }))}
          />
        )
      }
    >
      <QueryView query={query} lines={6}>
        {(resources) => <Usage resources={resources} />}
      </QueryView>
    </SectionCard>
  );
}

interface UsageChart extends TimeChartProps {
  /** null: not told, or not measured. */
  mean: number | null;
  peak: number | null;
  /** How much it might use. */
  note: string | null;
}

function Usage({ resources }: { resources: Resources }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nowMs = useNow(10_000);
  const { points, intervalMs, summary, cpus, memoryBytes, gpus } = resources;
  if (summary === null || intervalMs === null) {
    return (
      <EmptyState icon={IconGauge} title={t('resources.none')}>
        {t('resources.noneText')}
      </EmptyState>
    );
  }
  const time = (at: string) => format.time(Date.parse(at));
  const unread = unreadTimes(resources, nowMs);
  const { times, values } = toLines(points, intervalMs);
  const cores = (value: number) => t('resources.cores', { value: format.precise(value) });
  const used = (of: (number | null)[]) => ({
    times,
    series: [{ label: t('resources.used'), points: of }],
  });
  const charts: UsageChart[] = [
    {
      title: t('resources.cpu'),
      note: t('resources.ofCores', { value: format.number(cpus) }),
      mean: summary.cpuCoresMean,
      peak: summary.cpuCoresPeak,
      data: used(values.cpuCores),
      format: cores,
    },
    {
      title: t('resources.memory'),
      note: t('resources.ofBytes', { value: format.bytes(memoryBytes) }),
      mean: null,
      peak: summary.memoryBytesPeak,
      data: used(values.memoryBytes),
      format: format.bytes,
      inBytes: true,
    },
    ...(gpus === 0
      ? []
      : [
          {
            title: t('resources.gpu'),
            note: null,
            mean: summary.gpuUtilizationRatioMean,
            peak: summary.gpuUtilizationRatioPeak,
            data: used(values.gpuUtilizationRatio),
            format: format.percent,
            range: { min: 0, max: 1 },
          },
          {
            title: t('resources.gpuMemory'),
            note: null,
            mean: null,
            peak: summary.gpuMemoryBytesPeak,
            data: used(values.gpuMemoryBytes),
            format: format.bytes,
            inBytes: true as const,
          },
        ]),
  ];
  return (
    <Stack gap="md">
      <ZoomableCharts key={resources.executionId}>
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
          {charts.map(({ mean, peak, note, ...chart }) => (
            <div key={chart.title}>
              <TimeChart {...chart} sync="job" />
              <Text size="xs" c="dimmed" component="p" m={0}>
                {[
                  mean === null ? null : `${t('resources.mean')} ${chart.format(mean)}`,
                  peak === null ? null : `${t('resources.peak')} ${chart.format(peak)}`,
                  note,
                ]
                  .filter((part) => part !== null)
                  .join(' · ')}
              </Text>
            </div>
          ))}
        </SimpleGrid>
      </ZoomableCharts>
      <Text size="xs" c="dimmed">
        {[
          t('resources.interval', { duration: format.duration(intervalMs) }),
          unread.since === null ? '' : t('resources.since', { time: time(unread.since) }),
          unread.until === null ? '' : t('resources.until', { time: time(unread.until) }),
        ].join(' ')}
      </Text>
    </Stack>
  );
}
