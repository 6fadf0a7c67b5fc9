import { Button } from '@mantine/core';
import type { GpuOffer } from '@node3/shared/routes/offers';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';

/** Leads to the form of a new job, filled for these GPUs. Jobs are posted at the marketplace only. */
export function UseOffer({
  offer,
}: {
  offer: Pick<GpuOffer, 'agentId' | 'model' | 'modelId' | 'status'>;
}) {
  const { t } = useTranslation();
  const { config } = useApp();
  if (config.mode !== 'marketplace' || offer.status !== 'online') return null;
  const { agentId, model, modelId } = offer;
  const search = { agent: agentId, ...(modelId !== null && { gpu: modelId }) };
  return (
    <Button
      variant="light"
      size="xs"
      aria-label={t('market.useNamed', { name: model })}
      renderRoot={(button) => <Link to="/jobs/new" search={search} {...button} />}
    >
      {t('market.use')}
    </Button>
  );
}
