import { Card, Group, Progress, SimpleGrid, Text, Title } from '@mantine/core';
import type { Said } from '@node3/shared/agent-sentences';
import type { Device, DeviceSample, Metric } from '@node3/shared/device';
import type { TelemetryHistory } from '@node3/shared/routes/agent-devices';
import type { AgentStatus, LocalPolicy } from '@node3/shared/routes/agent-local';
import { IconCpu2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { factsOf } from '../../parts/charts/chart-data.ts';
import { Sparkline } from '../../parts/charts/sparkline.tsx';
import { SimulatedBadge } from '../../parts/device-line.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { AgentSaid, useProofWords } from './agent-words.tsx';
import { readHistory } from './telemetry-charts.tsx';

type LastProof = NonNullable<AgentStatus['proofs']>[number];

interface DeviceTilesProps {
  devices: Device[];
  samples: DeviceSample[];
  proofs: LastProof[];
  /** Of the last hour; null while it is not read. */
  history: TelemetryHistory | null;
  /** The devices that the policy does not sell now, and why. */
  withheld: LocalPolicy['withheld'];
}

/** A reading older than this is shown with its age. */
const staleMs = 10_000;

export function DeviceTiles(props: DeviceTilesProps) {
  const { devices, samples, proofs, history, withheld } = props;
  const { t } = useTranslation();
  if (devices.length === 0) {
    return (
      <EmptyState icon={IconCpu2} title={t('devices.empty')}>
        {t('devices.emptyText')}
      </EmptyState>
    );
  }
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} component="ul" className="plain-list">
      {devices.map((device) => (
        <DeviceTile
          key={device.id}
          device={device}
          sample={samples.find((sample) => sample.deviceId === device.id) ?? null}
          proof={proofs.find((proof) => proof.deviceId === device.id) ?? null}
          history={history}
          refusal={withheld.find((one) => one.deviceId === device.id)?.said ?? null}
        />
      ))}
    </SimpleGrid>
  );
}

interface DeviceTileProps {
  device: Device;
  sample: DeviceSample | null;
  proof: LastProof | null;
  history: TelemetryHistory | null;
  refusal: Said | null;
}

function DeviceTile({ device, sample, proof, history, refusal }: DeviceTileProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const utilization = sample?.utilizationRatio ?? null;
  const memory = sample?.memoryUsedBytes ?? null;
  const stale = sample !== null && sample.ageMs !== null && sample.ageMs > staleMs;
  return (
    <Card component="li" withBorder padding="md" className="inner-card">
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb={4}>
        <Title order={3}>{device.model}</Title>
        {device.simulated && <SimulatedBadge />}
      </Group>
      <Text size="xs" c="dimmed" className="mono" mb="md">
        {shorten(device.id, 14, 4)}
      </Text>
      {refusal !== null && (
        <Text size="sm" c="var(--mantine-color-orange-text)" mb="sm" className="break">
          <AgentSaid said={[refusal]} />
        </Text>
      )}
      <MetricBar
        label={t('metric.utilization')}
        metric={utilization}
        ratio={utilization?.value ?? null}
        text={format.wholePercent}
      />
      {history !== null && <PastHour history={history} deviceId={device.id} />}
      <MetricBar
        label={t('metric.memory')}
        metric={memory}
        ratio={ratioOf(memory?.value ?? null, device.memoryBytes)}
        text={(value) => `${format.bytes(value)} / ${format.bytes(device.memoryBytes)}`}
      />
      <dl className="facts">
        <dt>{t('metric.temperature')}</dt>
        <dd>
          <MetricText
            metric={sample?.temperatureCelsius ?? null}
            text={(value) => `${format.number(value)} °C`}
          />
        </dd>
        <dt>{t('metric.power')}</dt>
        <dd>
          <MetricText
            metric={sample?.powerWatts ?? null}
            text={(value) => `${format.number(value)} W`}
          />
        </dd>
        <dt>{t('metric.driver')}</dt>
        <dd>{device.driverVersion ?? <span className="unknown">{t('state.unknown')}</span>}</dd>
        <dt>{t('metric.proof')}</dt>
        <dd>{proof === null ? t('proof.none') : <ProofText proof={proof} />}</dd>
      </dl>
      {(sample === null || stale) && (
        <Text size="xs" c="dimmed" mt="xs">
          {sample === null
            ? t('metric.noReading')
            : t('metric.age', { age: format.duration(sample.ageMs) })}
        </Text>
      )}
    </Card>
  );
}

/** How busy the device was over the last hour; gaps stay gaps. */
function PastHour({ history, deviceId }: { history: TelemetryHistory; deviceId: string }) {
  const { t } = useTranslation();
  const { wholePercent: percent } = useFormat();
  const { points } = readHistory(history, deviceId);
  const values = points('utilizationRatio');
  const facts = factsOf(values);
  // One reading is no line yet.
  if (facts === null || values.filter((value) => value !== null).length < 2) return null;
  return (
    <div className="past-hour">
      <Sparkline
        points={values}
        min={0}
        max={1}
        label={t('devices.pastHour', { low: percent(facts.low), high: percent(facts.high) })}
      />
    </div>
  );
}

function ProofText({ proof }: { proof: LastProof }) {
  const wordsOf = useProofWords();
  return (
    <span>
      {wordsOf(proof)} · <RelativeTime at={proof.at} />
    </span>
  );
}

function ratioOf(used: number | null, total: number | null): number | null {
  return used === null || total === null || total === 0 ? null : used / total;
}

interface MetricTextProps {
  metric: Metric | null;
  text: (value: number) => string;
}

/** A reading that isn't there is unknown, never 0; an estimate says that it is one. */
function MetricText({ metric, text }: MetricTextProps) {
  const { t } = useTranslation();
  if (metric === null || metric.value === null) {
    return <span className="unknown">{t('state.unknown')}</span>;
  }
  return (
    <span>
      {text(metric.value)}
      {metric.source === 'estimated' && ` (${t('metric.estimated')})`}
    </span>
  );
}

interface MetricBarProps extends MetricTextProps {
  label: string;
  ratio: number | null;
}

function MetricBar({ label, metric, ratio, text }: MetricBarProps) {
  return (
    <div className="metric-bar">
      <Group justify="space-between" mb={4}>
        <Text size="sm" c="dimmed">
          {label}
        </Text>
        <Text size="sm" fw={600} component="span">
          <MetricText metric={metric} text={text} />
        </Text>
      </Group>
      <Progress
        value={ratio === null ? 0 : Math.min(100, ratio * 100)}
        size={6}
        aria-hidden
        className={ratio === null ? 'bar-unknown' : ''}
      />
    </div>
  );
}
