import { Card, Group, SimpleGrid, Text, Title } from '@mantine/core';
import type { GpuOffer } from '@node3/shared/routes/offers';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { SimulatedBadge } from '../../parts/device-line.tsx';
import { AgentStatusBadge, AskLines, ProofBadge, Share, Stars } from './offer-facts.tsx';
import { UseOffer } from './use-offer.tsx';

export function OfferCards({ offers }: { offers: readonly GpuOffer[] }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, xl: 3 }} component="ul" className="plain-list">
      {offers.map((offer) => (
        <OfferCard key={`${offer.agentId} ${offer.model} ${offer.memoryBytes}`} offer={offer} />
      ))}
    </SimpleGrid>
  );
}

function OfferCard({ offer }: { offer: GpuOffer }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Card component="li" withBorder padding="md" className="offer-card">
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="sm">
        <Title order={3} className="break">
          {offer.count > 1 && `${offer.count} × `}
          {offer.model}
        </Title>
        <AgentStatusBadge status={offer.status} />
      </Group>
      <Text size="sm" c="dimmed" mb="xs">
        {offer.memoryBytes === null ? t('device.memoryUnknown') : format.bytes(offer.memoryBytes)}
        {' · '}
        <span className="break">
          <Link to="/agents/$agentId" params={{ agentId: offer.agentId }}>
            {offer.agentName}
          </Link>
        </span>
      </Text>
      <Group gap={6} mb="sm">
        <ProofBadge label={offer.label} provenAt={offer.provenAt} />
        {offer.simulated && <SimulatedBadge />}
      </Group>
      <div className="offer-price">
        <span className="offer-amount">
          <AskLines ask={offer.ask} />
        </span>
        <Text span size="xs" c="dimmed">
          {t('market.perGpuHour')}
        </Text>
      </div>
      <dl className="facts">
        <dt>{t('market.free')}</dt>
        <dd>
          {offer.free === null
            ? t('state.unknown')
            : t('agents.runningOf', { running: offer.free, slots: offer.count })}
        </dd>
        <dt>{t('market.field.region')}</dt>
        <dd>{offer.region ?? t('state.unknown')}</dd>
        <dt>{t('market.field.isolation')}</dt>
        <dd>{offer.isolation ?? t('state.unknown')}</dd>
        <dt>{t('market.reliability')}</dt>
        <dd>
          <Share value={offer.reliability} />
        </dd>
        <dt>{t('market.rating')}</dt>
        <dd>
          <Stars rating={offer.rating} />
        </dd>
      </dl>
      <UseOffer offer={offer} />
    </Card>
  );
}
