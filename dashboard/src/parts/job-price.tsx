import { Text } from '@mantine/core';
import type { Money } from '@node3/shared/money';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/use-format.ts';

interface JobPriceProps {
  /** The reward, or the cap of a metered job. */
  most: Money;
  /** The bid, or the rate that is paid; null for a fixed price. */
  perGpuHour: Money | null;
}

/** A fixed price as it is; a metered one as the most it can become, with its rate below. */
export function JobPrice({ most, perGpuHour }: JobPriceProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (perGpuHour === null) return format.money(most);
  return (
    <>
      <span className="nowrap">{t('price.atMost', { money: format.money(most) })}</span>
      <Text size="xs" c="dimmed">
        {t('price.perGpuHour', { money: format.money(perGpuHour) })}
      </Text>
    </>
  );
}
