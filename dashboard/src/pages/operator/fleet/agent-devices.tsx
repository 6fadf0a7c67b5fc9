import { Text } from '@mantine/core';
import type { Device, DeviceSample } from '@node3/shared/device';
import type { AdminAgent } from '@node3/shared/routes/admin-agents';
import type { DeviceProof } from '@node3/shared/routes/gpu-proofs';
import { IconCpu2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { unknownMark } from '../../../format.ts';
import { useFormat } from '../../../i18n/use-format.ts';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { SimulatedBadge } from '../../../parts/device-line.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { agentProofsQuery } from '../../../queries/operator.ts';

interface DeviceRow {
  device: Device;
  sample: DeviceSample | undefined;
  /** undefined while they aren't read. */
  proof: DeviceProof | undefined;
  asks: string;
}

/** GPUs with what they report, what they cost and what is proven of them. */
export function AgentDevices({ agent }: { agent: AdminAgent }) {
  const { t } = useTranslation();
  const format = useFormat();
  const proofs = useQuery(agentProofsQuery(useApp(), agent.agentId));
  const columns = useDeviceColumns();
  const rows = useMemo(
    () =>
      agent.devices.map((device): DeviceRow => {
        const ask = agent.deviceAsks.find(({ deviceId }) => deviceId === device.id);
        const asks = [ask?.USDC ?? null, ask?.SOL ?? null].filter((money) => money !== null);
        return {
          device,
          sample: agent.samples.find(({ deviceId }) => deviceId === device.id),
          proof: proofs.data?.find(({ deviceId }) => deviceId === device.id),
          asks: asks.map((money) => format.money(money)).join(', '),
        };
      }),
    [agent, proofs.data, format],
  );
  return (
    <SectionCard title={t('op.agent.devices')} padding="flush">
      <DataTable
        label={t('op.agent.devices')}
        columns={columns}
        rows={rows}
        rowId={({ device }) => device.id}
        empty={<EmptyState icon={IconCpu2} title={t('op.agent.noDevices')} />}
      />
    </SectionCard>
  );
}

function useDeviceColumns(): DataColumn<DeviceRow>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: 'model',
        title: t('op.device.model'),
        value: ({ device }) => device.model,
        cell: ({ device }) => (
          <div>
            {device.model} {device.simulated && <SimulatedBadge />}
            <Text size="xs" c="dimmed" className="mono break">
              {device.id}
            </Text>
          </div>
        ),
      },
      {
        id: 'memory',
        title: t('op.device.memory'),
        align: 'right',
        value: ({ device }) => device.memoryBytes,
        cell: ({ device, sample }) =>
          `${format.bytes(sample?.memoryUsedBytes.value ?? null)} / ${format.bytes(device.memoryBytes)}`,
      },
      {
        id: 'utilization',
        title: t('op.device.utilization'),
        align: 'right',
        value: ({ sample }) => sample?.utilizationRatio.value ?? null,
        cell: ({ sample }) => format.percent(sample?.utilizationRatio.value ?? null),
      },
      {
        id: 'temperature',
        title: t('op.device.temperature'),
        align: 'right',
        value: ({ sample }) => sample?.temperatureCelsius.value ?? null,
        cell: ({ sample }) =>
          sample?.temperatureCelsius.value == null
            ? unknownMark
            : `${format.number(sample.temperatureCelsius.value)} °C`,
      },
      {
        id: 'ask',
        title: t('op.device.ask'),
        align: 'right',
        cell: ({ asks }) => (asks === '' ? t('op.device.askNone') : asks),
      },
      {
        id: 'proof',
        title: t('op.device.proof'),
        cell: ({ proof }) => <Proof proof={proof} />,
      },
    ],
    [t, format],
  );
}

function Proof({ proof }: { proof: DeviceProof | undefined }) {
  const { t } = useTranslation();
  if (proof === undefined) return <>{unknownMark}</>;
  return (
    <div>
      {t(`op.proof.${proof.label}`)}
      {proof.provenAt !== null && (
        <>
          {' '}
          <RelativeTime at={proof.provenAt} />
        </>
      )}
      {proof.last?.finding != null && (
        <Text size="xs" c="dimmed">
          {proof.last.finding}
        </Text>
      )}
    </div>
  );
}
