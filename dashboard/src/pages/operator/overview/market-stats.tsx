import { operatorLimits } from '@node3/shared/operator-limits';
import type { AdminOverview } from '@node3/shared/routes/admin-overview';
import type { Overview } from '@node3/shared/routes/marketplace';
import {
  IconBell,
  IconChecks,
  IconClock,
  IconHourglass,
  IconPlayerPlay,
  IconServer2,
  IconWallet,
  IconWebhook,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { unknownMark } from '../../../format.ts';
import { useFormat } from '../../../i18n/use-format.ts';
import { StatCard } from '../../../parts/stat-card.tsx';

const { failuresCountedMax } = operatorLimits;

interface MarketStatsProps {
  overview: Overview;
  admin: AdminOverview;
}

export function MarketStats({ overview, admin }: MarketStatsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { lastDay: day, alerts, webhooks, runway, agents } = admin;
  const { depth, oldestAgeSec } = overview.queue;
  const paused = admin.matching === 'paused' ? t('op.stat.paused') : null;
  const age = oldestAgeSec === null ? null : format.duration(oldestAgeSec * 1_000);
  const between = (p50: number | null | undefined, p95: number | null | undefined) =>
    p50 == null ? unknownMark : `${format.duration(p50)} / ${format.duration(p95 ?? null)}`;
  return (
    <ul className="stat-grid plain-list">
      <StatCard
        label={t('op.stat.queue')}
        icon={IconHourglass}
        value={format.number(depth)}
        note={paused ?? (age === null ? t('op.stat.queueEmpty') : t('op.stat.oldest', { age }))}
        href="/admin/queue"
      />
      <StatCard
        label={t('op.stat.success')}
        icon={IconChecks}
        value={format.percent(day?.successRatio ?? null)}
        note={
          day === null
            ? t('op.stat.tooMany')
            : t('op.stat.ended', { succeeded: day.succeeded, failed: day.failed })
        }
        href="/admin/queue?state=failed"
      />
      <StatCard
        label={t('op.stat.queueTime')}
        icon={IconClock}
        value={between(day?.queueMsP50, day?.queueMsP95)}
        note={t('op.stat.percentiles')}
        href="/metrics?scope=all"
      />
      <StatCard
        label={t('op.stat.runTime')}
        icon={IconPlayerPlay}
        value={between(day?.runMsP50, day?.runMsP95)}
        note={t('op.stat.percentiles')}
        href="/metrics?scope=all"
      />
      <StatCard
        label={t('op.stat.agents')}
        icon={IconServer2}
        value={format.number(agents.online)}
        note={t('op.stat.agentsNote', {
          offline: agents.offline,
          draining: agents.states.draining,
          paused: agents.states.paused,
          disabled: agents.states.disabled,
        })}
        href="/admin/fleet"
      />
      <StatCard
        label={t('op.stat.alerts')}
        icon={IconBell}
        value={format.number(alerts.open)}
        note={t('op.stat.alertsNote', alerts)}
        href="/admin/alerts"
      />
      <StatCard
        label={t('op.stat.webhooks')}
        icon={IconWebhook}
        value={
          webhooks.failed < failuresCountedMax
            ? format.number(webhooks.failed)
            : t('op.stat.atLeast', { count: format.number(failuresCountedMax) })
        }
        note={t('op.stat.webhooksNote', webhooks)}
        href="/admin/webhooks"
      />
      <StatCard
        label={t('op.stat.runway')}
        icon={IconWallet}
        value={
          runway.days === null
            ? unknownMark
            : t('op.stat.days', { days: format.number(runway.days) })
        }
        note={
          runway.perDay === null
            ? t('op.stat.runwayNone', { capital: format.money(runway.capital) })
            : t('op.stat.runwayNote', {
                capital: format.money(runway.capital),
                perDay: format.money(runway.perDay),
              })
        }
        href="/admin/payments"
      />
    </ul>
  );
}
