import type { Money } from '@node3/shared/money';
import type { Overview } from '@node3/shared/routes/marketplace';
import {
  IconCheck,
  IconCpu2,
  IconHourglass,
  IconLock,
  IconPlayerPlay,
  IconSend,
  IconServer2,
  IconX,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { shownAssets } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { StatCard } from '../../parts/stat-card.tsx';

export function OverviewStats({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { agents, gpus, queue, payouts } = overview;
  // A state that the marketplace doesn't list has no jobs.
  const count = (...states: string[]) =>
    states.reduce((sum, state) => sum + (overview.jobs[state] ?? 0), 0);
  const unpaid = ['due', 'batched', 'submitted', 'confirmed'].reduce(
    (sum, state) => sum + (payouts[state] ?? 0),
    0,
  );
  const queued =
    queue.oldestAgeSec === null
      ? t('stats.queueEmpty')
      : t('stats.oldest', { age: format.duration(queue.oldestAgeSec * 1000) });
  return (
    <ul className="stat-grid plain-list" aria-label={t('stats.label')}>
      <StatCard
        label={t('stats.running')}
        icon={IconPlayerPlay}
        value={format.number(count('assigned', 'running'))}
        note={t('stats.runningNote')}
        href="#board"
      />
      <StatCard
        label={t('stats.queued')}
        icon={IconHourglass}
        value={format.number(queue.depth)}
        note={queued}
        href="#board"
      />
      <StatCard
        label={t('stats.succeeded')}
        icon={IconCheck}
        value={format.number(count('succeeded'))}
        note={t('stats.allTime')}
      />
      <StatCard
        label={t('stats.failed')}
        icon={IconX}
        value={format.number(count('failed', 'timed_out', 'expired'))}
        note={t('stats.failedNote', { count: count('cancelled') })}
      />
      <StatCard
        label={t('stats.agents')}
        icon={IconServer2}
        value={format.number(agents.online)}
        note={t('stats.agentsOffline', { count: agents.offline })}
      />
      <StatCard
        label={t('stats.gpus')}
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
        label={t('stats.escrow')}
        icon={IconLock}
        value={<MoneyLines amounts={overview.escrow} />}
        note={t('stats.escrowNote')}
      />
      <StatCard
        label={t('stats.paidOut')}
        icon={IconSend}
        value={<MoneyLines amounts={overview.paidOut} />}
        note={
          unpaid > 0 ? t('stats.payoutsUnderWay', { count: unpaid }) : t('stats.payoutsFinalized')
        }
      />
    </ul>
  );
}

function MoneyLines({ amounts }: { amounts: { SOL: Money; USDC: Money } }) {
  const format = useFormat();
  return (
    <span className="stat-money">
      {shownAssets(amounts).map((money) => (
        <span key={money.asset}>{format.money(money)}</span>
      ))}
    </span>
  );
}
