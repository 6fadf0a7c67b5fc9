import { Loader, Text } from '@mantine/core';
import { formatAmount, fromMoney } from '@node3/shared/money';
import type { Quote } from '@node3/shared/routes/quotes';
import { useTranslation } from 'react-i18next';
import { unknownMark } from '../../../format.ts';
import { useFormat } from '../../../i18n/use-format.ts';
import { ErrorView } from '../../../parts/error-view.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { useNow } from '../../../use-now.ts';
import { useJobForm } from './job-form-context.ts';
import { MatchPanel } from './match-panel.tsx';
import type { LiveQuote } from './use-live-quote.ts';

/** What it costs, who could run it, when, and what is left of the balance then. */
export function QuoteCard({ live }: { live: LiveQuote }) {
  const { t } = useTranslation();
  const { valid } = useJobForm();
  const { quote, pending, error, explanation } = live;
  return (
    <SectionCard
      title={t('quote.title')}
      aside={pending ? <Loader size={16} aria-label={t('quote.pending')} /> : null}
    >
      <dl className="facts" data-testid="quote">
        <CostFacts quote={quote} />
        <MatchFacts quote={quote} />
      </dl>
      {!valid && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('quote.incomplete')}
        </Text>
      )}
      {error !== null && quote === null && <ErrorView error={error} />}
      {explanation !== null && <MatchPanel explanation={explanation} />}
    </SectionCard>
  );
}

function CostFacts({ quote }: { quote: Quote | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { account, draft } = useJobForm();
  const { asset } = draft;
  const available = account.balances[asset].available;
  const total = quote === null || quote.total.asset !== asset ? null : quote.total;
  const after = total === null ? null : fromMoney(available) - fromMoney(total);
  const amount = (value: bigint | null) =>
    value === null ? unknownMark : format.money({ amount: formatAmount(value, asset), asset });
  const short = after !== null && after < 0n;
  const percent = quote === null ? unknownMark : format.number(quote.feeBasisPoints / 100);
  return (
    <>
      <Fact label={t('quote.expected')}>
        {quote?.bidPerGpuHour === undefined || quote.bidPerGpuHour === null
          ? format.money(total)
          : t('quote.byRunTime', { price: format.money(quote.bidPerGpuHour) })}
      </Fact>
      <Fact label={t('quote.fee', { percent })}>{format.money(total && (quote?.fee ?? null))}</Fact>
      <Fact label={t('quote.cap')}>{format.money(total)}</Fact>
      <Fact label={t('quote.available')} testId="balance-available">
        {format.money(available)}
      </Fact>
      <div className="facts-row" data-strong="true" data-short={short}>
        <dt>{short ? t('quote.missing') : t('quote.after')}</dt>
        <dd>{amount(short ? -after : after)}</dd>
      </div>
    </>
  );
}

function MatchFacts({ quote }: { quote: Quote | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nowMs = useNow(1_000);
  const eta = quote?.eta ?? null;
  const leftMs = quote === null ? null : Date.parse(quote.expiresAt) - nowMs;
  return (
    <>
      <Fact label={t('quote.agents')} testId="agents-matching">
        {quote === null
          ? unknownMark
          : t('quote.agentsText', {
              matching: quote.availability.agentsMatching,
              free: quote.availability.agentsFree,
            })}
      </Fact>
      <Fact label={t('quote.ahead')}>{format.number(quote?.availability.queueAhead ?? null)}</Fact>
      <Fact label={t('quote.start')}>
        {eta === null
          ? t('quote.startUnknown')
          : t('quote.startText', {
              half: format.duration(eta.startSecP50 * 1_000),
              most: format.duration(eta.startSecP90 * 1_000),
            })}
      </Fact>
      <Fact label={t('quote.expires')}>
        {leftMs === null
          ? unknownMark
          : format.duration(Math.ceil(Math.max(0, leftMs) / 1_000) * 1_000)}
      </Fact>
    </>
  );
}

interface FactProps {
  label: string;
  testId?: string;
  children: string;
}

function Fact({ label, testId, children }: FactProps) {
  return (
    <div className="facts-row">
      <dt>{label}</dt>
      <dd data-testid={testId}>{children}</dd>
    </div>
  );
}
