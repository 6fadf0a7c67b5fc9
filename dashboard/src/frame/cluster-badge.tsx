import { Badge } from '@mantine/core';
import type { Cluster } from '@node3/shared/cluster';
import { useTranslation } from 'react-i18next';
import { Hint } from '../parts/hint.tsx';

/** Says whether the money is real. Play money is said in words, not by a colour. */
export function ClusterBadge({ cluster }: { cluster: Cluster }) {
  const { t } = useTranslation();
  const real = cluster === 'mainnet-beta';
  return (
    <Hint label={t(`cluster.${cluster}.hint`)} wide>
      <Badge
        variant={real ? 'filled' : 'light'}
        color={real ? 'green' : 'grape'}
        radius="sm"
        className="state-badge cluster-badge"
      >
        {t(`cluster.${cluster}`)}
      </Badge>
    </Hint>
  );
}
