import { Group, Text } from '@mantine/core';
import type { GpuOffer } from '@node3/shared/routes/offers';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { SimulatedBadge } from '../../parts/device-line.tsx';
import { AgentStatusBadge, AskLines, ProofBadge, Share, Stars } from './offer-facts.tsx';

/** The order is the API's, over all offers: no column sorts one page of them. */
export function offerColumns(t: TFunction): DataColumn<GpuOffer>[] {
  return [
    { id: 'gpu', title: t('market.field.gpu'), cell: (offer) => <OfferName offer={offer} /> },
    {
      id: 'price',
      title: t('market.perGpuHour'),
      align: 'right',
      cell: ({ ask }) => <AskLines ask={ask} />,
    },
    {
      id: 'free',
      title: t('market.free'),
      align: 'right',
      cell: ({ count, free }) => `${free ?? unknownMark} / ${count}`,
    },
    { id: 'region', title: t('market.field.region'), cell: ({ region }) => region ?? unknownMark },
    {
      id: 'isolation',
      title: t('market.field.isolation'),
      cell: ({ isolation }) => <span className="nowrap">{isolation ?? unknownMark}</span>,
    },
    {
      id: 'reliability',
      title: t('market.reliability'),
      align: 'right',
      cell: ({ reliability }) => <Share value={reliability} />,
    },
    {
      id: 'rating',
      title: t('market.rating'),
      align: 'right',
      cell: ({ rating }) => <Stars rating={rating} />,
    },
    { id: 'status', title: t('market.field.status'), cell: (offer) => <Standing offer={offer} /> },
  ];
}

function OfferName({ offer }: { offer: GpuOffer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { agentId, agentName, count, memoryBytes, model } = offer;
  return (
    <div className="offer-name">
      <Link to="/agents/$agentId" params={{ agentId }} className="row-link break">
        {count > 1 && `${count} × `}
        {model}
      </Link>
      <Text size="xs" c="dimmed" className="break">
        {memoryBytes === null ? t('device.memoryUnknown') : format.bytes(memoryBytes)} · {agentName}
      </Text>
    </div>
  );
}

function Standing({ offer }: { offer: GpuOffer }) {
  return (
    <Group gap={6}>
      <AgentStatusBadge status={offer.status} />
      <ProofBadge label={offer.label} provenAt={offer.provenAt} />
      {offer.simulated && <SimulatedBadge />}
    </Group>
  );
}
