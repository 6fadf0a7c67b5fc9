import { Text } from '@mantine/core';
import type { JobDetail, JobSummary } from '@node3/shared/routes/jobs';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { shorten } from '../../../format.ts';
import { SectionCard } from '../../../parts/section-card.tsx';
import { JobStateBadge } from '../../../parts/state-badge.tsx';
import { relativesQuery } from '../../../queries/jobs.ts';

/** The jobs it waits for, those that wait for it, the one it runs again, and those that run it again. */
export function JobRelatives({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const app = useApp();
  const { jobId } = job;
  const followers = useQuery(relativesQuery(app, { dependsOn: jobId }));
  const reruns = useQuery(relativesQuery(app, { rerunOf: jobId }));
  const { after, rerunOf, cachedFrom } = job;
  const groups = [
    {
      title: t('relatives.after'),
      rows: after.map((needed) => (
        <JobLine key={needed.jobId} jobId={needed.jobId}>
          <Text size="xs" c="dimmed" component="span">
            {t(`relatives.condition.${needed.condition}`)}: {t(`relatives.state.${needed.state}`)}
          </Text>
        </JobLine>
      )),
    },
    { title: t('relatives.before'), rows: linesOf(followers.data?.data) },
    {
      title: t('relatives.rerunOf'),
      rows: rerunOf === null ? [] : [<JobLine key={rerunOf} jobId={rerunOf} />],
    },
    { title: t('relatives.reruns'), rows: linesOf(reruns.data?.data) },
    {
      title: t('relatives.cachedFrom'),
      rows: cachedFrom === null ? [] : [<JobLine key={cachedFrom} jobId={cachedFrom} />],
    },
  ].filter(({ rows }) => rows.length > 0);
  if (groups.length === 0) return null;
  return (
    <SectionCard title={t('relatives.title')}>
      {groups.map(({ title, rows }) => (
        <div key={title} className="relatives">
          <Text size="sm" fw={600}>
            {title}
          </Text>
          <ul className="plain-list">{rows}</ul>
        </div>
      ))}
    </SectionCard>
  );
}

function linesOf(jobs: JobSummary[] = []) {
  return jobs.map(({ jobId, name, state }) => (
    <JobLine key={jobId} jobId={jobId} name={name}>
      <JobStateBadge state={state} />
    </JobLine>
  ));
}

interface JobLineProps {
  jobId: string;
  name?: string | null;
  children?: React.ReactNode;
}

function JobLine({ jobId, name = null, children }: JobLineProps) {
  return (
    <li>
      <Link to="/jobs/$jobId" params={{ jobId }} className={name === null ? 'mono' : 'break'}>
        {name ?? shorten(jobId, 8, 5)}
      </Link>
      {children}
    </li>
  );
}
