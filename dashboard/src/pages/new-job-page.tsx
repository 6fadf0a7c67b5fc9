import { useTranslation } from 'react-i18next';
import { PageHeading } from '../parts/page-heading.tsx';
import { RequireSession } from '../parts/require-session.tsx';
import { JobForm } from './new-job/job-form.tsx';

export function NewJobPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading title={t('newJob.title')} subtitle={t('newJob.subtitle')} />
      <RequireSession>{(account) => <JobForm account={account} />}</RequireSession>
    </>
  );
}
