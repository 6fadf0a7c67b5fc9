import { Alert } from '@mantine/core';
import { getPayoutEngine } from '@node3/shared/routes/payouts';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { PageLink } from '../../../parts/page-link.tsx';
import { ServerText } from '../../../parts/server-words.tsx';
import { operatorQuery } from '../../../queries/operator.ts';
import { engineHolds } from './engine-holds.ts';

/** What keeps a payout that is due from leaving, where it is nothing of its own. */
export function EngineNotice() {
  const { t } = useTranslation();
  const { data: status } = useQuery({
    ...operatorQuery(useApp(), getPayoutEngine, {}),
    refetchInterval: 10_000,
  });
  if (status === undefined) return null;
  const isStopped = status.stopped !== null;
  const holds = engineHolds(status);
  if (holds === null) return null;
  return (
    <Alert
      color={holds === 'for-now' ? 'orange' : 'red'}
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={t(isStopped ? 'op.engine.stopped' : `op.engine.state.${status.state}`)}
    >
      {status.stopped ?? <ServerText text={status.detail} />}{' '}
      <PageLink to="/admin/payments">{t('op.engine.title')}</PageLink>
    </Alert>
  );
}
