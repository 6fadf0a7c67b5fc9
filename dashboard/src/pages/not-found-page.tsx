import { Button } from '@mantine/core';
import { IconMapQuestion } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHeading } from '../parts/page-heading.tsx';

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading title={t('notFound.title')} />
      <EmptyState icon={IconMapQuestion} title={t('notFound.text')}>
        <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
          {t('notFound.action')}
        </Button>
      </EmptyState>
    </>
  );
}
