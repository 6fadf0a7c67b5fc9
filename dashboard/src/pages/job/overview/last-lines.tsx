import { Anchor } from '@mantine/core';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { useEmptyText } from '../../../logs/job-log.tsx';
import { cleanLine, plainText } from '../../../logs/log-text.ts';
import { QueryView } from '../../../parts/query-view.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { isSettled, lastLinesQuery } from '../../../queries/jobs.ts';

const readMs = 2_000;
const lineChars = 500;

/** The end of the log, as it grows; all of it is one press away. */
export function LastLines({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const query = useQuery({
    ...lastLinesQuery(useApp(), job.jobId),
    refetchInterval: ({ state: { data } }) =>
      data?.ended === true || isSettled(job) ? false : readMs,
    enabled: job.startedAt !== null || job.logBytes > 0,
  });
  const emptyText = useEmptyText(job.state);
  if (job.startedAt === null && job.logBytes === 0) return null;
  return (
    <SectionCard
      title={t('log.last')}
      aside={
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link
              to="/jobs/$jobId"
              params={{ jobId: job.jobId }}
              search={{ tab: 'logs' }}
              {...props}
            />
          )}
        >
          {t('log.all')}
        </Anchor>
      }
    >
      <QueryView query={query} lines={4}>
        {({ data, removedAt }) =>
          data.length === 0 ? (
            emptyText(removedAt)
          ) : (
            <pre
              className="last-lines"
              // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
              tabIndex={0}
              aria-label={t('log.last')}
            >
              {data.map((line) => `${plainText(cleanLine(line.text, lineChars))}\n`)}
            </pre>
          )
        }
      </QueryView>
    </SectionCard>
  );
}
