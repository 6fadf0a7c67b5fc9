import { Button, Text } from '@mantine/core';
import { type Asset, formatAmount, fromMoney, parseAmount } from '@node3/shared/money';
import type { Account } from '@node3/shared/routes/accounts';
import { IconSend } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { SectionCard } from '../../parts/section-card.tsx';
import { overviewQuery } from '../../queries/market.ts';
import type { JobDraft } from './job-draft.ts';

interface PriceSummaryProps {
  account: Account;
  draft: JobDraft;
  pending: boolean;
}

/** What posting will do to the balance: the reward and the fee on it are held together. */
export function PriceSummary({ account, draft, pending }: PriceSummaryProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { asset } = draft;
  const available = account.balances[asset].available;
  const { data: overview } = useQuery(overviewQuery(useApp()));
  const reward = readAmount(draft.reward, asset);
  const rate = overview?.feeBasisPoints ?? null;
  const fee = reward === null || rate === null ? null : (reward * BigInt(rate)) / 10_000n;
  const held = reward === null || fee === null ? null : reward + fee;
  const after = held === null ? null : fromMoney(available) - held;
  const missing = after !== null && after < 0n;
  const money = (value: bigint | null) =>
    value === null ? unknownMark : format.money({ amount: formatAmount(value, asset), asset });
  return (
    <div className="sticky">
      <SectionCard title={t('newJob.price')}>
        <dl className="facts">
          <div className="facts-row">
            <dt>{t('newJob.available')}</dt>
            <dd data-testid="balance-available">{format.money(available)}</dd>
          </div>
          <div className="facts-row">
            <dt>{t('newJob.rewardHeld')}</dt>
            <dd>{money(reward)}</dd>
          </div>
          <div className="facts-row">
            <dt>{t('newJob.fee', { percent: rate === null ? unknownMark : `${rate / 100} %` })}</dt>
            <dd>{money(fee)}</dd>
          </div>
          <div className="facts-row">
            <dt>{t('newJob.held')}</dt>
            <dd>{money(held)}</dd>
          </div>
          <div className="facts-row" data-strong="true">
            <dt>{missing ? t('newJob.missing') : t('newJob.after')}</dt>
            <dd>{money(missing ? -after : after)}</dd>
          </div>
        </dl>
        {missing && (
          <Text size="sm" c="var(--mantine-color-error)" mt="xs" role="status">
            {t('newJob.missingText')}
          </Text>
        )}
        <Text size="sm" c="dimmed" my="md">
          {t('newJob.priceText')}
        </Text>
        <Button
          type="submit"
          fullWidth
          size="md"
          loading={pending}
          leftSection={<IconSend size={17} aria-hidden />}
        >
          {t('newJob.submit')}
        </Button>
      </SectionCard>
    </div>
  );
}

function readAmount(text: string, asset: Asset): bigint | null {
  try {
    return parseAmount(text.trim(), asset);
  } catch {
    // An unfinished number has no amount yet; the field itself says what is wrong.
    return null;
  }
}
