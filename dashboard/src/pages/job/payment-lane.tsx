import { Anchor, Group, Stack, Text, Timeline } from '@mantine/core';
import type { JobDetail, PayoutView } from '@node3/shared/routes/jobs';
import {
  IconAlertTriangle,
  IconCheck,
  IconExternalLink,
  IconHourglass,
  IconMinus,
  type TablerIcon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { PayoutReasonText } from '../../parts/server-words.tsx';
import { type PaymentStep, paymentSteps } from './timeline.ts';

const icons: Record<PaymentStep['progress'], TablerIcon> = {
  done: IconCheck,
  waiting: IconHourglass,
  stopped: IconAlertTriangle,
  skipped: IconMinus,
};

/** Follows the money: held in escrow, settled, on its way to the provider, final on chain. */
export function PaymentLane({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const steps = paymentSteps(job);
  const active = steps.findLastIndex((step) => step.progress === 'done');
  return (
    <Stack gap="md">
      <Timeline bulletSize={26} lineWidth={2} active={active} className="timeline">
        {steps.map((step) => {
          const Icon = icons[step.progress];
          return (
            <Timeline.Item
              key={step.stage}
              bullet={<Icon size={14} stroke={2} aria-hidden />}
              lineVariant={step.progress === 'done' ? 'solid' : 'dashed'}
              color={step.progress === 'stopped' ? 'red' : 'indigo'}
            >
              <Text size="sm" fw={600}>
                {step.stage === 'settled' && step.progress === 'done'
                  ? t(`settlement.state.${job.settlement.state}`)
                  : t(`payment.${step.stage}`)}
              </Text>
              <Text size="xs" c="dimmed">
                {t(`payment.progress.${step.progress}`)}
                {step.at !== null && ` · ${format.clock(Date.parse(step.at))}`}
              </Text>
            </Timeline.Item>
          );
        })}
      </Timeline>
      {job.settlement.payout !== null && <PayoutFacts payout={job.settlement.payout} />}
    </Stack>
  );
}

function PayoutFacts({ payout }: { payout: PayoutView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { signature, explorerUrl, holdReason } = payout;
  return (
    <dl className="facts">
      <dt>{t('payout.state')}</dt>
      <dd data-testid="payout-state">{t(`payout.state.${payout.state}`)}</dd>
      <dt>{t('payout.amount')}</dt>
      <dd>{format.money(payout.money)}</dd>
      <dt>{t('payout.to')}</dt>
      <dd>
        <Group gap={2} wrap="nowrap" justify="flex-end">
          <span className="mono">{shorten(payout.wallet, 6, 6)}</span>
          <CopyText value={payout.wallet} label={t('payout.copyWallet')} />
        </Group>
      </dd>
      {signature !== null && (
        <>
          <dt>{t('payout.signature')}</dt>
          <dd>
            <Group gap={2} wrap="nowrap" justify="flex-end">
              <span className="mono">{shorten(signature, 8, 8)}</span>
              <CopyText value={signature} label={t('payout.copySignature')} />
            </Group>
          </dd>
        </>
      )}
      {explorerUrl !== null && /^https?:\/\//.test(explorerUrl) && (
        <>
          <dt>{t('payout.explorer')}</dt>
          <dd>
            <Anchor size="sm" href={explorerUrl} target="_blank" rel="noopener noreferrer">
              {t('payout.openExplorer')} <IconExternalLink size={13} aria-hidden />
            </Anchor>
          </dd>
        </>
      )}
      {holdReason !== null && (
        <>
          <dt>{t('payout.holdReason')}</dt>
          <dd>
            <PayoutReasonText reason={holdReason} />
          </dd>
        </>
      )}
    </dl>
  );
}
