import type { AdminDelivery } from '@node3/shared/routes/admin-webhooks';
import { IconCheck, IconClock, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { LookBadge } from '../../../parts/state-badge.tsx';
import type { Look } from '../../../parts/state-look.ts';

const looks: Record<AdminDelivery['state'], Look> = {
  pending: { color: 'gray', icon: IconClock },
  delivered: { color: 'green', icon: IconCheck },
  failed: { color: 'red', icon: IconX },
};

export function DeliveryStateBadge({ state }: Pick<AdminDelivery, 'state'>) {
  const { t } = useTranslation();
  return <LookBadge look={looks[state]} label={t(`op.webhooks.state.${state}`)} />;
}
