import type { Overview } from '@node3/shared/routes/marketplace';
import { IconCoin, IconCpu2, IconListDetails, IconServer2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { StatCard } from '../../parts/stat-card.tsx';

/** The market in four figures. Amounts of two assets are never added up. */
export function MarketStats({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { agents, gpus, jobs, meanRewardOpen } = overview;
  const means = [meanRewardOpen.USDC, meanRewardOpen.SOL].filter((mean) => mean !== null);
  return (
    <ul className="stat-grid plain-list" aria-label={t('market.stats')}>
      <StatCard
        label={t('market.stats.jobs')}
        icon={IconListDetails}
        value={format.number(jobs['queued'] ?? null)}
        note={t('market.stats.jobsNote', {
          running: (jobs['assigned'] ?? 0) + (jobs['running'] ?? 0),
        })}
      />
      <StatCard
        label={t('market.stats.agents')}
        icon={IconServer2}
        value={format.number(agents.online)}
        note={t('stats.agentsOffline', { count: agents.offline })}
      />
      <StatCard
        label={t('market.stats.gpus')}
        icon={IconCpu2}
        value={
          <>
            {format.number(gpus.free)}
            <span className="stat-of"> / {format.number(gpus.registered)}</span>
          </>
        }
        note={
          gpus.registered === 0
            ? t('stats.gpusNone')
            : gpus.simulated > 0
              ? t('stats.gpusSimulated', { count: gpus.simulated })
              : t('stats.gpusReal')
        }
      />
      <StatCard
        label={t('market.stats.reward')}
        icon={IconCoin}
        value={
          means.length === 0 ? (
            format.money(null)
          ) : (
            <span className="stat-money">
              {means.map((mean) => (
                <span key={mean.asset}>{format.money(mean)}</span>
              ))}
            </span>
          )
        }
        note={means.length === 0 ? t('market.stats.rewardNone') : t('market.stats.rewardNote')}
      />
    </ul>
  );
}
