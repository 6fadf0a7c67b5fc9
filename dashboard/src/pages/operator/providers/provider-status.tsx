import type { Provider } from '@node3/shared/routes/providers';
import { IconAlertTriangle, IconBan, IconCircleCheck, IconTool } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { LookBadge } from '../../../parts/state-badge.tsx';
import type { Look } from '../../../parts/state-look.ts';

const looks: Record<Provider['status'], Look> = {
  active: { color: 'green', icon: IconCircleCheck },
  maintenance: { color: 'orange', icon: IconTool },
  disabled: { color: 'red', icon: IconBan },
  overloaded: { color: 'orange', icon: IconAlertTriangle },
  unhealthy: { color: 'red', icon: IconAlertTriangle },
  degraded: { color: 'orange', icon: IconAlertTriangle },
};

export function ProviderStatusBadge({ status }: { status: Provider['status'] }) {
  const { t } = useTranslation();
  return <LookBadge look={looks[status]} label={t(`op.provider.status.${status}`)} />;
}
