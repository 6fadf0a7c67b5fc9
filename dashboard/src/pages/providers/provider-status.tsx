import type { ProviderStatus } from '@node3/shared/provider';
import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleX,
  IconHourglass,
  IconTool,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { LookBadge } from '../../parts/state-badge.tsx';
import type { Look } from '../../parts/state-look.ts';

const looks: Record<ProviderStatus, Look> = {
  active: { color: 'green', icon: IconCircleCheck },
  maintenance: { color: 'blue', icon: IconTool },
  disabled: { color: 'gray', icon: IconBan },
  overloaded: { color: 'orange', icon: IconHourglass },
  unhealthy: { color: 'red', icon: IconCircleX },
  degraded: { color: 'orange', icon: IconAlertTriangle },
};

export function ProviderStatusBadge({ status }: { status: ProviderStatus }) {
  const { t } = useTranslation();
  return <LookBadge look={looks[status]} label={t(`providers.status.${status}`)} />;
}
