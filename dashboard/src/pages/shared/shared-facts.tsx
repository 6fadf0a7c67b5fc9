import type { SharedJob } from '@node3/shared/routes/job-links';
import { useTranslation } from 'react-i18next';
import { unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { SimulatedBadge } from '../../parts/device-line.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { gpuText } from '../jobs/gpu-text.ts';

export function SharedFacts({ job }: { job: SharedJob }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <dl className="key-facts" aria-label={t('job.facts')}>
      <div>
        <dt>{t('jobs.column.created')}</dt>
        <dd>
          <RelativeTime at={job.createdAt} />
        </dd>
      </div>
      <div>
        <dt>{t('executions.run')}</dt>
        <dd>{format.runTime(job)}</dd>
      </div>
      <div>
        <dt>{t('jobs.column.gpu')}</dt>
        <dd>
          {gpuText(t, job)} {job.simulatedDevice === true && <SimulatedBadge />}
        </dd>
      </div>
      <div>
        <dt>{t('executions.exit')}</dt>
        <dd>{job.exitCode ?? unknownMark}</dd>
      </div>
    </dl>
  );
}
