import { Table, Text } from '@mantine/core';
import type { DeviceEconomics } from '@node3/shared/routes/agent-local';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';

interface AskTableProps {
  devices: readonly DeviceEconomics[];
  electricityUsdPerKwh: number | null;
}

/** What an hour of each GPU asks and costs, beside what others were seen to ask for its model. */
export function AskTable({ devices, electricityUsdPerKwh }: AskTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const usd = (value: number | null) =>
    value === null ? unknownMark : `${format.precise(value)} USD`;
  const ratio = (value: number | null) =>
    value === null ? unknownMark : format.wholePercent(value);
  return (
    <>
      <Table className="responsive-table" verticalSpacing="sm" horizontalSpacing="md">
        <caption className="visually-hidden">{t('asks.title')}</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('gpuEarnings.gpu')}</Table.Th>
            <Table.Th className="numeric">{t('asks.ask')}</Table.Th>
            <Table.Th className="numeric">{t('asks.market')}</Table.Th>
            <Table.Th className="numeric">{t('asks.energy')}</Table.Th>
            <Table.Th className="numeric">{t('asks.net')}</Table.Th>
            <Table.Th className="numeric">{t('asks.duty')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {devices.map((device) => (
            <Table.Tr key={device.deviceId}>
              <Table.Td data-label={t('gpuEarnings.gpu')}>{device.model}</Table.Td>
              <Table.Td data-label={t('asks.ask')} className="numeric">
                {device.ask.USDC === null && device.ask.SOL === null
                  ? t('asks.any')
                  : [device.ask.USDC, device.ask.SOL]
                      .filter((ask) => ask !== null)
                      .map((ask) => format.money(ask))
                      .join(', ')}
              </Table.Td>
              <Table.Td data-label={t('asks.market')} className="numeric">
                {device.seen === null
                  ? unknownMark
                  : t('asks.seen', {
                      low: usd(device.seen.lowUsd),
                      median: usd(device.seen.medianUsd),
                      high: usd(device.seen.highUsd),
                    })}
              </Table.Td>
              <Table.Td data-label={t('asks.energy')} className="numeric">
                {usd(device.energyUsdPerHourMax)}
              </Table.Td>
              <Table.Td data-label={t('asks.net')} className="numeric">
                {usd(device.netUsdPerHourMin)}
              </Table.Td>
              <Table.Td data-label={t('asks.duty')} className="numeric">
                {ratio(device.dutyRatio)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" c="dimmed" p="md">
        {electricityUsdPerKwh === null
          ? t('asks.noElectricity')
          : t('asks.electricity', { usd: format.precise(electricityUsdPerKwh) })}{' '}
        <Link to="/policy" className="plain-link">
          {t('asks.change')}
        </Link>
      </Text>
    </>
  );
}
