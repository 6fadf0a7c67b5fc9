import { SimpleGrid } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { TimeChart } from '../../parts/charts/time-chart.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { hostReadingsQuery } from '../../queries/provider.ts';
import { hostSeries } from './host-series.ts';

const share = { min: 0, max: 1 };

/** The whole machine, jobs and all else, read while somebody looks: nothing of it is kept. */
export function HostCharts() {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useQuery(hostReadingsQuery(useApp()));
  const last = data?.at(-1);
  const all = useMemo(() => hostSeries(data ?? []), [data]);
  const { times } = all;
  const perSec = (value: number) => `${format.bytes(value)}/s`;
  const common = { sync: 'host', empty: t('host.untold') };
  const upTo = (max: number | null | undefined) => (max == null ? {} : { range: { min: 0, max } });
  return (
    <SectionCard title={t('host.title')} description={t('host.text')}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <TimeChart
          {...common}
          title={t('host.cpu')}
          data={{ times, series: [{ label: t('host.cpu'), points: all.cpu }] }}
          format={format.wholePercent}
          range={share}
        />
        <TimeChart
          {...common}
          title={t('host.memory')}
          data={{ times, series: [{ label: t('host.memory'), points: all.memory }] }}
          format={format.bytes}
          inBytes
          {...upTo(last?.memoryBytes)}
        />
        <TimeChart
          {...common}
          title={t('host.disk')}
          data={{ times, series: [{ label: t('host.disk'), points: all.disk }] }}
          format={format.bytes}
          inBytes
          {...upTo(last?.diskBytes)}
        />
        <TimeChart
          {...common}
          title={t('host.network')}
          data={{
            times,
            series: [
              { label: t('host.received'), points: all.received },
              { label: t('host.sent'), points: all.sent },
            ],
          }}
          format={perSec}
          inBytes
        />
      </SimpleGrid>
    </SectionCard>
  );
}
