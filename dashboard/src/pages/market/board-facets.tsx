import type { ReplyOf } from '@node3/shared/contract';
import { boardStates, type listPublicJobs } from '@node3/shared/routes/marketplace';
import { useTranslation } from 'react-i18next';
import { workloadName } from '../../parts/job-name.ts';
import { FacetList } from './facet-list.tsx';
import type { MarketSearch } from './market-search.ts';

interface BoardFacetsProps {
  search: MarketSearch;
  facets: ReplyOf<typeof listPublicJobs>['facets'];
}

export function BoardFacets({ search, facets }: BoardFacetsProps) {
  const { t } = useTranslation();
  const stateName = (value: string) => {
    const state = boardStates.find((one) => one === value);
    return state === undefined ? value : t(`job.state.${state}`);
  };
  const needName = (value: string) =>
    value === 'gpu' ? t('market.needs.gpu') : value === 'cpu' ? t('market.needs.cpu') : value;
  return (
    <>
      <FacetList
        title={t('market.field.state')}
        field="state"
        search={search}
        values={facets.state}
        nameOf={stateName}
      />
      <FacetList
        title={t('market.field.needs')}
        field="hardware"
        search={search}
        values={facets.hardware}
        nameOf={needName}
      />
      <FacetList
        title={t('market.field.workload')}
        field="workload"
        search={search}
        values={facets.workload}
        nameOf={(value) => workloadName(t, value)}
      />
      <FacetList
        title={t('market.field.framework')}
        field="framework"
        search={search}
        values={facets.framework}
      />
      <FacetList title={t('market.field.gpu')} field="gpu" search={search} values={facets.gpu} />
      <FacetList
        title={t('market.field.label')}
        field="label"
        search={search}
        values={facets.label.filter(({ value }) => value?.includes(',') !== true)}
      />
    </>
  );
}
