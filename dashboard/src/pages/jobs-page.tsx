import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { PageHeading } from '../parts/page-heading.tsx';
import { RequireSession } from '../parts/require-session.tsx';
import { OwnJobs } from './jobs/own-jobs.tsx';

/** The requester's own jobs. */
export function JobsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading
        title={t('jobs.title')}
        subtitle={t('jobs.subtitle')}
        actions={
          <Button
            renderRoot={(props) => <Link to="/jobs/new" {...props} />}
            leftSection={<IconPlus size={17} aria-hidden />}
          >
            {t('nav.newJob')}
          </Button>
        }
      />
      <RequireSession>{() => <OwnJobs />}</RequireSession>
    </>
  );
}
