import { Badge, Tooltip } from '@mantine/core';
import type { Cluster } from '@node3/shared/cluster';
import { useTranslation } from 'react-i18next';

/** Says whether the money is real. Play money is said in words, not by a colour. */
export function ClusterBadge({ cluster }: { cluster: Cluster }) {
  const { t } = useTranslation();
  const real = cluster === 'mainnet-beta';
  return (
    <Tooltip label={t(`cluster.${cluster}.hint`)} multiline maw={280}>
      <Badge
        variant={real ? 'filled' : 'light'}
        color={real ? 'green' : 'grape'}
        radius="sm"
        className="state-badge"
      >
        {t(`cluster.${cluster}`)}
      </Badge>
    </Tooltip>
  );
}
