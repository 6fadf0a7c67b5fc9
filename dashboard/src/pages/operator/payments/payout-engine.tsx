import { Alert, Button, Group, Text } from '@mantine/core';
import {
  acceptTreasuryHistory,
  getPayoutEngine,
  type PayoutEngineStatus,
  startPayouts,
  stopPayouts,
} from '@node3/shared/routes/payouts';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { useFormat } from '../../../i18n/use-format.ts';
import { usePollMs } from '../../../live/use-stream.ts';
import { QueryView } from '../../../parts/query-view.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { ServerText } from '../../../parts/server-words.tsx';
import { operatorQuery } from '../../../queries/operator.ts';
import { ActDialog } from '../shared/act-dialog.tsx';
import { useOperate } from '../shared/use-operate.ts';

export function PayoutEngine() {
  const { t } = useTranslation();
  const query = useQuery({
    ...operatorQuery(useApp(), getPayoutEngine, {}),
    refetchInterval: usePollMs(),
  });
  return (
    <SectionCard
      title={t('op.engine.title')}
      aside={
        query.data !== undefined && (
          <Group gap="xs">
            {query.data.state === 'halted' && query.data.stopped === null && <AcceptHistory />}
            <StopSwitch status={query.data} />
          </Group>
        )
      }
    >
      <QueryView query={query} lines={4}>
        {(status) => <EngineFacts status={status} />}
      </QueryView>
    </SectionCard>
  );
}

/** Of the other states there is no more to say than what they are and the figures below. */
const tellsMore: ReadonlySet<PayoutEngineStatus['state']> = new Set([
  'waiting',
  'failing',
  'halted',
]);

function EngineFacts({ status }: { status: PayoutEngineStatus }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      {(status.stopped ?? status.warning) !== null && (
        <Alert
          color={status.stopped === null ? 'orange' : 'red'}
          variant="light"
          icon={<IconAlertTriangle aria-hidden />}
          title={status.stopped === null ? t('op.engine.warning') : t('op.engine.stopped')}
          mb="md"
        >
          {status.stopped ?? <ServerText text={status.warning ?? ''} />}
        </Alert>
      )}
      <Text size="sm" mb="sm">
        {t(`op.engine.state.${status.state}`)}.{' '}
        {tellsMore.has(status.state) && status.stopped === null && (
          <ServerText text={status.detail} />
        )}
      </Text>
      <dl className="facts">
        <dt>{t('op.engine.open')}</dt>
        <dd>{format.number(status.openBatches)}</dd>
        <dt>{t('op.engine.pending')}</dt>
        <dd>
          {format.money(status.pending.SOL)}, {format.money(status.pending.USDC)}
        </dd>
        <dt>{t('op.engine.lastStep')}</dt>
        <dd>
          <RelativeTime at={status.lastStepAt} />
        </dd>
      </dl>
    </>
  );
}

/** After a look at each transaction that the books do not know: all of them are taken as they are. */
function AcceptHistory() {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [asked, setAsked] = useState(false);
  return (
    <>
      <Button size="xs" variant="default" disabled={isBusy} onClick={() => setAsked(true)}>
        {t('op.engine.accept')}
      </Button>
      <ActDialog
        act={
          asked
            ? {
                title: t('op.engine.accept.title'),
                text: t('op.engine.accept.text'),
                confirm: t('op.engine.accept'),
                color: 'red',
                reason: 'required',
                reasonCharsMin: 8,
              }
            : null
        }
        onClose={() => setAsked(false)}
        onConfirm={(reason) =>
          operate(async (client) => {
            await client.call(acceptTreasuryHistory, { body: { reason: reason ?? '' } });
            return t('op.engine.accept.done');
          })
        }
      />
    </>
  );
}

/** Nothing is signed any more from the answer on, also after a restart. */
export function StopSwitch({ status }: { status: Pick<PayoutEngineStatus, 'stopped'> }) {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [asked, setAsked] = useState(false);
  const kind = status.stopped === null ? 'stop' : 'start';
  return (
    <Group>
      <Button
        size="xs"
        variant={kind === 'stop' ? 'default' : 'filled'}
        disabled={isBusy}
        onClick={() => setAsked(true)}
      >
        {t(`op.engine.${kind}`)}
      </Button>
      <ActDialog
        act={
          asked
            ? {
                title: t(`op.engine.${kind}.title`),
                text: t(`op.engine.${kind}.text`),
                confirm: t(`op.engine.${kind}`),
                color: kind === 'stop' ? 'red' : 'indigo',
                reason: 'required',
              }
            : null
        }
        onClose={() => setAsked(false)}
        onConfirm={(reason) =>
          operate(async (client) => {
            const body = { reason: reason ?? '' };
            await client.call(kind === 'stop' ? stopPayouts : startPayouts, { body });
            return t(`op.engine.${kind}.done`);
          })
        }
      />
    </Group>
  );
}
