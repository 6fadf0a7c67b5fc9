import { Table, Text } from '@mantine/core';
import type { MetricName } from '@node3/shared/device-metrics';
import type { LocalDevice } from '@node3/shared/routes/agent-devices';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';

type Format = ReturnType<typeof useFormat>;

const writers: Partial<Record<MetricName, (value: number, format: Format) => string>> = {
  memoryUsedBytes: (value, format) => format.bytes(value),
  memoryFreeBytes: (value, format) => format.bytes(value),
  pcieReceiveBytesPerSecond: (value, format) => `${format.bytes(value)}/s`,
  pcieTransmitBytesPerSecond: (value, format) => `${format.bytes(value)}/s`,
  pcieReceivedBytes: (value, format) => format.bytes(value),
  pcieTransmittedBytes: (value, format) => format.bytes(value),
};
const units: [RegExp, string][] = [
  [/Percent$/, ' %'],
  [/Celsius$/, ' °C'],
  [/Watts$/, ' W'],
  [/Joules$/, ' J'],
  [/Megahertz$/, ' MHz'],
];

export function writeMetric(name: MetricName, value: number, format: Format): string {
  const write = writers[name];
  if (write !== undefined) return write(value, format);
  const unit = units.find(([pattern]) => pattern.test(name))?.[1] ?? '';
  return `${format.number(value)}${unit}`;
}

/** Every metric there is, with where its value comes from. What no tool tells is unknown, never 0. */
export function MetricTable({ device }: { device: LocalDevice }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <details className="more-facts">
      <summary>{t('gpus.allMetrics', { count: device.metrics.length })}</summary>
      <Table className="responsive-table" verticalSpacing={4} horizontalSpacing="sm" mt="xs">
        <caption className="visually-hidden">{device.model}</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('gpus.metric')}</Table.Th>
            <Table.Th className="numeric">{t('gpus.value')}</Table.Th>
            <Table.Th>{t('gpus.source')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {device.metrics.map(({ name, source, value }) => (
            <Table.Tr key={name}>
              <Table.Td data-label={t('gpus.metric')}>{t(`metricName.${name}`)}</Table.Td>
              <Table.Td data-label={t('gpus.value')} className="numeric">
                {value === null ? (
                  <span className="unknown">{t('state.unknown')}</span>
                ) : (
                  writeMetric(name, value, format)
                )}
              </Table.Td>
              <Table.Td data-label={t('gpus.source')}>
                {t(`metricSource.${sourceOf(device, source)}`)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="xs" c="dimmed" mt="xs">
        {device.ageMs === null
          ? t('metric.noReading')
          : t('metric.age', { age: format.duration(device.ageMs) })}
      </Text>
    </details>
  );
}

/** Of a device that is not there nothing is measured. */
function sourceOf({ simulated }: LocalDevice, source: LocalDevice['metrics'][number]['source']) {
  return simulated && source === 'measured' ? 'simulated' : source;
}
