import { Skeleton, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Holds the place of a page while its code is on the way. */
export function PagePending() {
  const { t } = useTranslation();
  return (
    <Stack gap="md" role="status" aria-label={t('state.loading')}>
      <Skeleton height={30} width={220} />
      <Skeleton height={120} />
      <Skeleton height={280} />
    </Stack>
  );
}
