import type { JobFigures, JobMetrics } from '@node3/shared/routes/job-metrics';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/use-format.ts';
import { TimeChart } from '../../../parts/charts/time-chart.tsx';

type Charted = Exclude<keyof JobFigures, 'runMsP50' | 'jobs'>;

/** Jobs by their end over time, and how long they ran and waited. */
export function JobCharts({ metrics }: { metrics: JobMetrics }) {
  const { t } = useTranslation();
  const format = useFormat();
  const times = metrics.steps.map(({ from }) => Date.parse(from));
  const series = (names: readonly Charted[]) =>
    names.map((name) => ({
      label: t(`op.figure.${name}`),
      points: metrics.steps.map((step) => step[name]),
    }));
  const count = (value: number) => format.number(value);
  const duration = (ms: number) => format.duration(ms);
  return (
    <>
      <TimeChart
        title={t('op.metrics.ended')}
        data={{ times, series: series(['succeeded', 'failed', 'cancelled']) }}
        format={count}
        steps="counts"
        sync="jobs"
      />
      <TimeChart
        title={t('op.metrics.success')}
        data={{ times, series: series(['successRatio']) }}
        format={(ratio) => format.percent(ratio)}
        range={{ min: 0, max: 1 }}
        sync="jobs"
      />
      <TimeChart
        title={t('op.metrics.run')}
        data={{ times, series: series(['runMsMean', 'runMsP95']) }}
        format={duration}
        steps="durations"
        sync="jobs"
      />
      <TimeChart
        title={t('op.metrics.queue')}
        data={{ times, series: series(['queueMsP50', 'queueMsP95']) }}
        format={duration}
        steps="durations"
        sync="jobs"
      />
    </>
  );
}
