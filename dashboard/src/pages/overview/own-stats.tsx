import type { OwnOverview } from '@node3/shared/routes/own-overview';
import {
  IconCheck,
  IconListDetails,
  IconPlayerPlay,
  IconX,
  type TablerIcon,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { StatCard } from '../../parts/stat-card.tsx';

/** The own jobs by how they are; each number leads to those jobs. */
export function OwnStats({ own }: { own: OwnOverview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const many = (count: number) => `${format.number(count)}${own.counted === 'part' ? '+' : ''}`;
  return (
    <ul className="stat-grid plain-list" aria-label={t('overview.own')}>
      <Counted
        label={t('overview.total')}
        icon={IconListDetails}
        value={many(own.total)}
        note={t('overview.totalNote', { pending: own.pending, cancelled: own.cancelled })}
      />
      <Counted
        label={t('overview.running')}
        icon={IconPlayerPlay}
        value={many(own.running)}
        note={t('overview.runningNote')}
        state="running"
      />
      <Counted
        label={t('overview.failed')}
        icon={IconX}
        value={many(own.failed)}
        note={t('overview.failedNote')}
        state="failed,timed_out,expired"
      />
      <Counted
        label={t('overview.success')}
        icon={IconCheck}
        value={many(own.succeeded)}
        note={t('stats.allTime')}
        state="succeeded"
      />
    </ul>
  );
}

interface CountedProps {
  label: string;
  icon: TablerIcon;
  value: string;
  note: string;
  state?: string;
}

function Counted({ state, ...card }: CountedProps) {
  const search = state === undefined ? {} : { state };
  return (
    <StatCard
      {...card}
      link={
        <Link
          to="/jobs"
          search={search}
          className="stat-link"
          aria-label={`${card.label}: ${card.value}`}
        />
      }
    />
  );
}
