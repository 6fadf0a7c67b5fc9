import { useTranslation } from 'react-i18next';
import { FilterChips } from '../../../parts/filter-chips.tsx';

interface UsualOrAllProps {
  label: string;
  /** `state` of the address; undefined is the usual one. */
  value: 'all' | undefined;
  usual: string;
}

/** Whether a list of the operator has what needs somebody, or all there is. */
export function UsualOrAll({ label, value, usual }: UsualOrAllProps) {
  const { t } = useTranslation();
  return (
    <FilterChips
      label={label}
      parameter="state"
      value={value}
      choices={[
        { value: undefined, label: usual },
        { value: 'all', label: t('op.filter.all') },
      ]}
    />
  );
}

const pageSize = 25;

/** Which page of such a list is asked for. */
export function pageOf(cursor: string | undefined): { limit: number; cursor?: string } {
  return { limit: pageSize, ...(cursor === undefined ? {} : { cursor }) };
}
