import { Badge, Text } from '@mantine/core';
import type { GpuOffer } from '@node3/shared/routes/offers';
import {
  IconCertificate,
  IconCircleCheck,
  IconPlugConnectedX,
  IconQuestionMark,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { formatRelative } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { Hint } from '../../parts/hint.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import type { Look } from '../../parts/state-look.ts';
import { useNow } from '../../use-now.ts';

const looks: Record<GpuOffer['status'], Look> = {
  online: { color: 'green', icon: IconCircleCheck },
  offline: { color: 'gray', icon: IconPlugConnectedX },
  disabled: { color: 'red', icon: IconPlugConnectedX },
};

export function AgentStatusBadge({ status }: { status: GpuOffer['status'] }) {
  const { t } = useTranslation();
  return <LookBadge look={looks[status]} label={t(`agent.status.${status}`)} />;
}

type Proof = Pick<GpuOffer, 'label'> & { provenAt: string | null };

/** How well a device is known, and since when. */
export function ProofBadge({ label, provenAt }: Proof) {
  const { t } = useTranslation();
  const format = useFormat();
  const nowMs = useNow(60_000);
  const Icon = label === 'claimed' ? IconQuestionMark : IconCertificate;
  const age =
    provenAt === null ? null : formatRelative(Date.parse(provenAt), nowMs, format.language);
  return (
    <Hint label={t(`market.label.${label}.hint`)} wide>
      <Badge
        variant="light"
        color={label === 'claimed' ? 'gray' : 'teal'}
        size="md"
        radius="sm"
        className="state-badge"
        leftSection={<Icon size={13} stroke={2.25} aria-hidden />}
      >
        {t(`market.label.${label}`)}
        {label !== 'claimed' && age !== null && ` · ${age}`}
      </Badge>
    </Hint>
  );
}

/** The least for an hour on one GPU, in each asset by itself. */
export function AskLines({ ask }: Pick<GpuOffer, 'ask'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const asks = [ask.USDC, ask.SOL].filter((one) => one !== null);
  if (asks.length === 0) return <Text span>{t('market.anyPrice')}</Text>;
  return (
    <span className="stat-money">
      {asks.map((one) => (
        <span key={one.asset} className="nowrap">
          {format.money(one)}
        </span>
      ))}
    </span>
  );
}

export function Share({ value }: { value: number | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (value === null) return <span className="unknown">{t('state.unknown')}</span>;
  return <>{format.percent(value)}</>;
}

export function Stars({ rating }: Pick<GpuOffer, 'rating'>) {
  const { t } = useTranslation();
  const format = useFormat();
  if (rating.mean === null) return <span className="unknown">{t('market.noRatings')}</span>;
  return <>{t('market.stars', { mean: format.number(rating.mean), count: rating.count })}</>;
}
