import { Table } from '@mantine/core';
import type { JobFigures, JobMetrics } from '@node3/shared/routes/job-metrics';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/use-format.ts';
import { SectionCard } from '../../../parts/section-card.tsx';
import '../shared/operator.css';

const figures = [
  'jobs',
  'succeeded',
  'failed',
  'cancelled',
  'successRatio',
  'runMsMean',
  'runMsP50',
  'runMsP95',
  'queueMsP50',
  'queueMsP95',
] as const;

/** The window beside the one before it. */
export function JobTotals({ metrics }: { metrics: JobMetrics }) {
  const { t } = useTranslation();
  const format = useFormat();
  const show = (name: (typeof figures)[number], of: JobFigures) => {
    if (name === 'successRatio') return format.percent(of.successRatio);
    const value = of[name];
    return name.includes('Ms') ? format.duration(value) : format.number(value);
  };
  return (
    <SectionCard
      title={t('op.metrics.totals')}
      description={t('op.metrics.window', {
        from: format.time(Date.parse(metrics.from)),
        to: format.time(Date.parse(metrics.to)),
      })}
      padding="flush"
    >
      <Table horizontalSpacing="md" className="money-table">
        <caption className="visually-hidden">{t('op.metrics.totals')}</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('op.metrics.figure')}</Table.Th>
            <Table.Th className="numeric">{t('op.metrics.now')}</Table.Th>
            <Table.Th className="numeric">{t('op.metrics.before')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {figures.map((name) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{t(`op.figure.${name}`)}</Table.Th>
              <Table.Td className="numeric">{show(name, metrics.total)}</Table.Td>
              <Table.Td className="numeric">{show(name, metrics.before)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </SectionCard>
  );
}
