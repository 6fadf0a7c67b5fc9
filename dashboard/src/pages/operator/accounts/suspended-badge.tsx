import { IconBan } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { LookBadge } from '../../../parts/state-badge.tsx';

export function SuspendedBadge() {
  const { t } = useTranslation();
  return <LookBadge look={{ color: 'red', icon: IconBan }} label={t('op.account.suspended')} />;
}
