import { Alert } from '@mantine/core';
import { getPayoutEngine, type PayoutEngineStatus } from '@node3/shared/routes/payouts';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { PageLink } from '../../../parts/page-link.tsx';
import { ServerText } from '../../../parts/server-words.tsx';
import { operatorQuery } from '../../../queries/operator.ts';

const holdsAll: ReadonlySet<PayoutEngineStatus['state']> = new Set(['halted', 'failing']);

/** What keeps a payout that is due from leaving, where it is nothing of its own. */
export function EngineNotice() {
  const { t } = useTranslation();
  const { data: status } = useQuery({
    ...operatorQuery(useApp(), getPayoutEngine, {}),
    refetchInterval: 10_000,
  });
  if (status === undefined || !holdsAll.has(status.state)) return null;
  const isStopped = status.stopped !== null;
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={t(isStopped ? 'op.engine.stopped' : `op.engine.state.${status.state}`)}
    >
      {status.stopped ?? <ServerText text={status.detail} />}{' '}
      <PageLink to="/admin/payments">{t('op.engine.title')}</PageLink>
    </Alert>
  );
}
