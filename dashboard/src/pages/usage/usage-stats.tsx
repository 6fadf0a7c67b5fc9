import type { UsageRow } from '@node3/shared/routes/usage';
import { IconClock, IconCoins, IconListDetails } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { shownAssets } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { StatCard } from '../../parts/stat-card.tsx';
import { endedStates } from '../wallet/open-jobs.ts';
import { totalsOf } from './usage-totals.ts';

/** The sums of a period. The jobs behind them are in the list of those that ended. */
export function UsageStats({ rows }: { rows: readonly UsageRow[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { jobs, gpuMs, runMs, charged } = totalsOf(rows);
  const href = `/jobs?${new URLSearchParams({ state: endedStates }).toString()}`;
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
        href="/wallet?type=charge"
      />
      <StatCard
        label={t('usage.gpuTime')}
        icon={IconClock}
        value={format.duration(gpuMs)}
        note={t('usage.runTime', { time: format.duration(runMs) })}
      />
      <StatCard
        label={t('usage.jobs')}
        icon={IconListDetails}
        value={format.number(jobs)}
        note={t('usage.jobsNote')}
        href={href}
      />
    </ul>
  );
}
