import { Group, Table, Text } from '@mantine/core';
import type { DeviceProof } from '@node3/shared/routes/gpu-proofs';
import type { PublicAgent } from '@node3/shared/routes/marketplace';
import type { GpuOffer } from '@node3/shared/routes/offers';
import { IconCpu2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { SimulatedBadge } from '../../parts/device-line.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { AskLines, ProofBadge } from './offer-facts.tsx';
import { UseOffer } from './use-offer.tsx';

interface AgentDevicesProps {
  agent: PublicAgent;
  proofs: readonly DeviceProof[];
  offers: readonly GpuOffer[];
}

/** Each GPU with what it asks, and what is known of it beyond the agent's own word. */
export function AgentDevices({ agent, proofs, offers }: AgentDevicesProps) {
  const { t } = useTranslation();
  if (agent.devices.length === 0) {
    return <EmptyState icon={IconCpu2} title={t('agents.noGpu')} />;
  }
  return (
    <>
      <Table className="responsive-table" verticalSpacing="sm" horizontalSpacing="md">
        <caption className="visually-hidden">{t('market.agent.devices')}</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('market.field.gpu')}</Table.Th>
            <Table.Th>{t('market.field.proof')}</Table.Th>
            <Table.Th>{t('market.agent.proven')}</Table.Th>
            <Table.Th className="numeric">{t('market.perGpuHour')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {agent.devices.map((device) => (
            <DeviceRow
              key={device.id}
              device={device}
              ask={agent.deviceAsks.find(({ deviceId }) => deviceId === device.id)}
              proof={proofs.find(({ deviceId }) => deviceId === device.id) ?? null}
            />
          ))}
        </Table.Tbody>
      </Table>
      <Group px="md" pb="md" gap="sm">
        {offers.map((offer) => (
          <UseOffer key={`${offer.model} ${offer.memoryBytes}`} offer={offer} />
        ))}
      </Group>
    </>
  );
}

interface DeviceRowProps {
  device: PublicAgent['devices'][number];
  ask: PublicAgent['deviceAsks'][number] | undefined;
  proof: DeviceProof | null;
}

function DeviceRow({ device, ask, proof }: DeviceRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const facts = [
    device.memoryBytes === null ? t('device.memoryUnknown') : format.bytes(device.memoryBytes),
    device.computeCapability,
    device.driverVersion,
    shorten(device.id, 10, 4),
  ].filter((fact) => fact !== null);
  return (
    <Table.Tr>
      <Table.Td data-label={t('market.field.gpu')}>
        <Group gap={6}>
          <Text span size="sm" fw={600} className="break">
            {device.model}
          </Text>
          {device.simulated && <SimulatedBadge />}
        </Group>
        <Text size="xs" c="dimmed" className="break">
          {facts.join(' · ')}
        </Text>
      </Table.Td>
      <Table.Td data-label={t('market.field.proof')}>
        <ProofBadge label={proof?.label ?? 'claimed'} provenAt={proof?.provenAt ?? null} />
        {proof?.last != null && proof.last.state !== 'passed' && (
          <Text size="xs" c="dimmed">
            {t('market.agent.lastProof', { finding: proof.last.finding ?? proof.last.state })}{' '}
            <RelativeTime at={proof.last.at} />
          </Text>
        )}
      </Table.Td>
      <Table.Td data-label={t('market.agent.proven')}>
        {proof?.memoryBytes == null ? (
          <span className="unknown">{t('market.agent.notProven')}</span>
        ) : (
          <>
            {format.bytes(proof.memoryBytes)}
            <Text size="xs" c="dimmed">
              {proof.readBytesPerSec !== null &&
                t('market.agent.reads', { rate: format.bytes(proof.readBytesPerSec) })}
            </Text>
          </>
        )}
      </Table.Td>
      <Table.Td data-label={t('market.perGpuHour')} className="numeric">
        <AskLines ask={{ SOL: ask?.SOL ?? null, USDC: ask?.USDC ?? null }} />
      </Table.Td>
    </Table.Tr>
  );
}
