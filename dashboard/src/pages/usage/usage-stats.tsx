import type { UsageRow } from '@node3/shared/routes/usage';
import { IconClock, IconCoins, IconListDetails } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { shownAssets } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { StatCard } from '../../parts/stat-card.tsx';
import type { UsagePeriod } from '../../queries/usage.ts';
import { EndedJobsLink } from './ended-jobs.tsx';
import { totalsOf } from './usage-totals.ts';

interface UsageStatsProps {
  rows: readonly UsageRow[];
  period: UsagePeriod;
}

/** The sums of a period. The jobs behind them are in the list of those that ended in it. */
export function UsageStats({ rows, period }: UsageStatsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { jobs, gpuMs, runMs, charged } = totalsOf(rows);
  return (
    <ul className="stat-grid plain-list" aria-label={t('usage.totals')}>
      <StatCard
        label={t('usage.charged')}
        icon={IconCoins}
        value={
          <span className="stat-money" data-testid="usage-charged">
            {shownAssets(charged).map((money) => (
              <span key={money.asset}>{format.money(money)}</span>
            ))}
          </span>
        }
        note={t('usage.chargedNote')}
        link={<EndedJobsLink period={period} label={t('usage.charged')} />}
      />
      <StatCard
        label={t('usage.gpuTime')}
        icon={IconClock}
        value={format.duration(gpuMs)}
        note={t('usage.runTime', { time: format.duration(runMs) })}
        link={<EndedJobsLink period={period} label={t('usage.gpuTime')} />}
      />
      <StatCard
        label={t('usage.jobs')}
        icon={IconListDetails}
        value={format.number(jobs)}
        note={t('usage.jobsNote')}
        link={<EndedJobsLink period={period} label={t('usage.jobs')} />}
      />
    </ul>
  );
}
