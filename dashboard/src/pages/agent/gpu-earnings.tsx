import { Table, Text } from '@mantine/core';
import type { DeviceEarnings } from '@node3/shared/routes/agent-local';
import { IconCoins } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { shorten, shownAssets, unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { EmptyState } from '../../parts/empty-state.tsx';

/** What each GPU has earned by accepted results since the agent was installed. */
export function GpuEarnings({ earned }: { earned: readonly DeviceEarnings[] }) {
  const { t } = useTranslation();
  if (earned.length === 0) {
    return (
      <EmptyState icon={IconCoins} title={t('gpuEarnings.empty')}>
        {t('gpuEarnings.emptyText')}
      </EmptyState>
    );
  }
  return (
    <Table className="responsive-table" verticalSpacing="sm" horizontalSpacing="md">
      <caption className="visually-hidden">{t('gpuEarnings.title')}</caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('gpuEarnings.gpu')}</Table.Th>
          <Table.Th className="numeric">{t('gpuEarnings.earned')}</Table.Th>
          <Table.Th className="numeric">{t('gpuEarnings.expected')}</Table.Th>
          <Table.Th className="numeric">{t('gpuEarnings.energy')}</Table.Th>
          <Table.Th className="numeric">{t('gpuEarnings.net')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {earned.map((device) => (
          <EarningsRow key={device.deviceId} device={device} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function EarningsRow({ device }: { device: DeviceEarnings }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { deviceId, earned, energyKwh, energyUsd, expected, netUsdPerHour } = device;
  const withoutGpu = deviceId === 'none';
  const amounts = (both: DeviceEarnings['earned']) =>
    shownAssets(both).map((money) => (
      <Text key={money.asset} size="sm" component="div">
        {format.money(money)}
      </Text>
    ));
  return (
    <Table.Tr>
      <Table.Td data-label={t('gpuEarnings.gpu')}>
        <Text size="sm" fw={500} component="span">
          {withoutGpu ? t('gpuEarnings.none') : (device.model ?? unknownMark)}
        </Text>
        {!withoutGpu && (
          <Text size="xs" c="dimmed" className="mono">
            {shorten(deviceId, 12, 4)}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {t('gpuEarnings.results', {
            count: device.results,
            time: format.duration(device.runHours * 3_600_000),
          })}
        </Text>
      </Table.Td>
      <Table.Td data-label={t('gpuEarnings.earned')} className="numeric">
        <div>{amounts(earned)}</div>
      </Table.Td>
      <Table.Td data-label={t('gpuEarnings.expected')} className="numeric">
        <div>{expected === null ? unknownMark : amounts(expected)}</div>
      </Table.Td>
      <Table.Td data-label={t('gpuEarnings.energy')} className="numeric">
        <Text size="sm" component="div">
          {energyKwh === null ? unknownMark : `${format.precise(energyKwh)} kWh`}
        </Text>
        <Text size="xs" c="dimmed" component="div">
          {energyUsd === null ? '' : `${format.precise(energyUsd)} $`}
        </Text>
      </Table.Td>
      <Table.Td data-label={t('gpuEarnings.net')} className="numeric">
        {netUsdPerHour === null ? unknownMark : `${format.precise(netUsdPerHour)} $`}
      </Table.Td>
    </Table.Tr>
  );
}
