import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function SimulatedBadge() {
  const { t } = useTranslation();
  return (
    <Badge variant="outline" color="grape" size="sm" radius="sm" className="state-badge">
      {t('device.simulated')}
    </Badge>
  );
}
