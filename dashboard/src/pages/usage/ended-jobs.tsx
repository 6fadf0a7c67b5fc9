import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { PageLink } from '../../parts/page-link.tsx';
import type { UsagePeriod } from '../../queries/usage.ts';

const within = ({ from, to }: UsagePeriod) => ({ endedFrom: from, endedTo: to });

interface EndedJobsLinkProps {
  /** Its days, both with them. */
  period: UsagePeriod;
  label: string;
}

/** Leads from a sum of usage to what it is made of: the list of the jobs that ended in the period. */
export function EndedJobsLink({ period, label }: EndedJobsLinkProps) {
  return <Link to="/jobs" search={within(period)} className="stat-link" aria-label={label} />;
}

interface LabelledJobsLinkProps {
  period: UsagePeriod;
  name: string;
  value: string;
}

/** The same for jobs with a label, unless its value has what the list takes for the end of one. */
export function LabelledJobsLink({ period, name, value }: LabelledJobsLinkProps) {
  const { t } = useTranslation();
  const text = value === '' ? t('usage.emptyLabel') : value;
  if (value.includes(',')) return <>{text}</>;
  return (
    <PageLink to="/jobs" search={{ ...within(period), label: `${name}=${value}` }}>
      {text}
    </PageLink>
  );
}

/** The same for one day. */
export function EndedDayLink({ day }: { day: string }) {
  return (
    <PageLink to="/jobs" search={within({ from: day, to: day })}>
      {day}
    </PageLink>
  );
}
