import { Badge, Group, Text } from '@mantine/core';
import type { Device } from '@node3/shared/device';
import type { Money } from '@node3/shared/money';
import { IconCpu2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/use-format.ts';

export function SimulatedBadge() {
  const { t } = useTranslation();
  return (
    <Badge variant="outline" color="grape" size="sm" radius="sm" className="state-badge">
      {t('device.simulated')}
    </Badge>
  );
}

/** One GPU in one line: model, memory, what an hour costs at least, and whether it is real. */
export function DeviceLine({ device, asks }: { device: Device; asks: readonly Money[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Group gap={8} wrap="nowrap" align="flex-start">
      <IconCpu2 size={17} stroke={1.6} className="line-icon" aria-hidden />
      <Group gap={8}>
        <Text size="sm" fw={500}>
          {device.model}
        </Text>
        <Text size="sm" c="dimmed">
          {device.memoryBytes === null
            ? t('device.memoryUnknown')
            : format.bytes(device.memoryBytes)}
        </Text>
        {asks.length > 0 && (
          <Text size="sm">
            {t('device.from', { price: asks.map((ask) => format.money(ask)).join(', ') })}
          </Text>
        )}
        {device.simulated && <SimulatedBadge />}
      </Group>
    </Group>
  );
}
