import { Badge, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { historyWindowNames } from '@node3/shared/device-metrics';
import type { LocalDevice } from '@node3/shared/routes/agent-devices';
import { IconCircleCheck, IconCpu2, IconHeartBroken } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { ZoomableCharts } from '../../parts/charts/zoomable-charts.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { SimulatedBadge } from '../../parts/device-line.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import {
  agentStatusQuery,
  localDevicesQuery,
  localPolicyQuery,
  telemetryQuery,
} from '../../queries/provider.ts';
import { gpusRoute } from '../../routes/provider-routes.ts';
import { AgentGate } from './agent-gate.tsx';
import { AgentSaid, useProofWords, useXidWords } from './agent-words.tsx';
import { GpuPrograms } from './gpu-programs.tsx';
import { HostCharts } from './host-charts.tsx';
import { MetricTable } from './metric-table.tsx';
import { TelemetryCharts } from './telemetry-charts.tsx';
import './agent-pages.css';

/** Each GPU with its health, every metric there is and its past. */
export function GpusPage() {
  const { t } = useTranslation();
  const { window = '1h' } = gpusRoute.useSearch();
  const navigate = gpusRoute.useNavigate();
  const devices = useQuery(localDevicesQuery(useApp()));
  return (
    <>
      <PageHeading
        title={t('gpus.title')}
        subtitle={t('gpus.subtitle')}
        actions={
          <SegmentedControl
            aria-label={t('gpus.window')}
            size="xs"
            value={window}
            data={historyWindowNames.map((value) => ({ value, label: t(`gpus.window.${value}`) }))}
            onChange={(value) => void navigate({ search: { window: value }, replace: true })}
          />
        }
      />
      <AgentGate query={devices} lines={9}>
        {(data) =>
          data.length === 0 ? (
            <EmptyState icon={IconCpu2} title={t('devices.empty')}>
              {t('devices.emptyText')}
            </EmptyState>
          ) : (
            <Stack gap="lg">
              <ZoomableCharts key={window}>
                {data.map((device) => (
                  <DeviceCard key={device.id} device={device} />
                ))}
              </ZoomableCharts>
              <HostCharts />
              <CommandLines
                lines={[
                  { label: 'CLI', text: 'node3 agent detect' },
                  {
                    label: 'curl',
                    text: `curl -H "$AGENT_AUTH" '${location.origin}/api/v1/local/telemetry?window=${window}'`,
                  },
                ]}
              />
            </Stack>
          )
        }
      </AgentGate>
    </>
  );
}

function DeviceCard({ device }: { device: LocalDevice }) {
  const { t } = useTranslation();
  const app = useApp();
  const { window = '1h' } = gpusRoute.useSearch();
  const history = useQuery(telemetryQuery(app, window));
  const policy = useQuery(localPolicyQuery(app));
  return (
    <SectionCard
      title={device.model}
      aside={
        <Group gap="xs">
          {device.simulated && <SimulatedBadge />}
          <Health device={device} />
        </Group>
      }
    >
      <Stack gap="lg">
        <Group gap="xs" wrap="nowrap">
          <Text size="xs" c="dimmed" className="mono break">
            {device.id}
          </Text>
          <CopyText value={device.id} label={t('gpus.copyId')} />
        </Group>
        {device.health.reason !== null && (
          <Text size="sm">
            <AgentSaid said={[device.health.said ?? { text: device.health.reason }]} />
          </Text>
        )}
        {device.executionId !== null && (
          <Text size="sm">
            {t('gpus.inUse')}{' '}
            <Link to="/jobs/$jobId" params={{ jobId: device.executionId }} className="plain-link">
              {t('gpus.itsJob')}
            </Link>
          </Text>
        )}
        {history.data !== undefined && (
          <TelemetryCharts
            history={history.data}
            deviceId={device.id}
            memoryBytes={device.memoryBytes}
            temperatureMax={policy.data?.policy.temperatureCelsiusMax ?? null}
          />
        )}
        <Faults device={device} />
        <GpuPrograms deviceId={device.id} model={device.model} />
        <MetricTable device={device} />
      </Stack>
    </SectionCard>
  );
}

function Health({ device }: { device: LocalDevice }) {
  const { t } = useTranslation();
  const isWell = device.health.state === 'ok';
  return (
    <LookBadge
      look={
        isWell ? { color: 'green', icon: IconCircleCheck } : { color: 'red', icon: IconHeartBroken }
      }
      label={t(isWell ? 'gpus.well' : 'gpus.sick')}
    />
  );
}

/** What the driver and the kernel say is wrong, and the last proof of what it is. */
function Faults({ device }: { device: LocalDevice }) {
  const { t } = useTranslation();
  const { data: status } = useQuery(agentStatusQuery(useApp()));
  const wordsOf = useXidWords();
  const proofWords = useProofWords();
  const proof = status?.proofs?.find((one) => one.deviceId === device.id) ?? null;
  const { slowdowns, xids } = device;
  return (
    <dl className="facts faults">
      <dt>{t('gpus.slowdowns')}</dt>
      <dd>
        {slowdowns === null ? (
          <span className="unknown">{t('state.unknown')}</span>
        ) : slowdowns.length === 0 ? (
          t('gpus.none')
        ) : (
          slowdowns.map((name) => (
            <Badge key={name} color="orange" variant="light" radius="sm" className="state-badge">
              {t(`slowdown.${name}`)}
            </Badge>
          ))
        )}
      </dd>
      <dt>{t('gpus.xids')}</dt>
      <dd>
        {xids === null ? (
          <span className="unknown">{t('state.unknown')}</span>
        ) : xids.length === 0 ? (
          t('gpus.none')
        ) : (
          xids.map((xid) => (
            <div key={xid.code}>
              {t('gpus.xid', { code: xid.code, count: xid.count, sentence: wordsOf(xid) })}
              {xid.lastAt !== null && (
                <>
                  {' '}
                  · <RelativeTime at={xid.lastAt} />
                </>
              )}
            </div>
          ))
        )}
      </dd>
      <dt>{t('metric.proof')}</dt>
      <dd>
        {proof === null ? (
          t('proof.none')
        ) : (
          <>
            {proofWords(proof)} · <RelativeTime at={proof.at} />
          </>
        )}
      </dd>
    </dl>
  );
}
