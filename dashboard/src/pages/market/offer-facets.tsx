import type { ReplyOf } from '@node3/shared/contract';
import type { listOffers } from '@node3/shared/routes/offers';
import { useTranslation } from 'react-i18next';
import { FacetList } from './facet-list.tsx';
import type { MarketSearch } from './market-search.ts';

interface OfferFacetsProps {
  search: MarketSearch;
  facets: ReplyOf<typeof listOffers>['facets'];
}

const labels = ['claimed', 'measured', 'attested'] as const;
const statuses = ['online', 'offline', 'disabled'] as const;
const hardware = ['real', 'simulated'] as const;

export function OfferFacets({ search, facets }: OfferFacetsProps) {
  const { t } = useTranslation();
  const named = <Word extends string>(words: readonly Word[], nameOf: (word: Word) => string) => {
    return (value: string) => {
      const word = words.find((one) => one === value);
      return word === undefined ? value : nameOf(word);
    };
  };
  return (
    <>
      <FacetList title={t('market.field.gpu')} field="gpu" search={search} values={facets.gpu} />
      <FacetList
        title={t('market.field.proof')}
        field="proof"
        search={search}
        values={facets.label}
        nameOf={named(labels, (word) => t(`market.label.${word}`))}
      />
      <FacetList
        title={t('market.field.hardware')}
        field="hardware"
        search={search}
        values={facets.hardware}
        nameOf={named(hardware, (word) => t(`market.hardware.${word}`))}
      />
      <FacetList
        title={t('market.field.region')}
        field="region"
        search={search}
        values={facets.region}
      />
      <FacetList
        title={t('market.field.vendor')}
        field="vendor"
        search={search}
        values={facets.vendor}
      />
      <FacetList
        title={t('market.field.framework')}
        field="framework"
        search={search}
        values={facets.framework}
      />
      <FacetList
        title={t('market.field.isolation')}
        field="isolation"
        search={search}
        values={facets.isolation}
      />
      <FacetList
        title={t('market.field.provider')}
        field="provider"
        search={search}
        values={facets.provider}
      />
      <FacetList
        title={t('market.field.status')}
        field="status"
        search={search}
        values={facets.status}
        nameOf={named(statuses, (word) => t(`agent.status.${word}`))}
      />
    </>
  );
}
