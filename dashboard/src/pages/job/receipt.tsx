import type { JobDetail } from '@node3/shared/routes/jobs';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';

const rows = ['quoted', 'held', 'charged', 'providerShare', 'fee', 'refund'] as const;

/** The figures of the settlement. What isn't decided yet is shown as unknown, never as 0. */
export function Receipt({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <dl className="facts">
      {rows.map((row) => (
        <div key={row} className="facts-row" data-strong={row === 'charged'}>
          <dt>{t(`receipt.${row}`)}</dt>
          <dd>
            {job.settlement[row] === null ? t('receipt.open') : format.money(job.settlement[row])}
          </dd>
        </div>
      ))}
      {job.fault !== null && (
        <div className="facts-row">
          <dt>{t('receipt.fault')}</dt>
          <dd>{t(`fault.${job.fault}`)}</dd>
        </div>
      )}
    </dl>
  );
}
