import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useJobForm } from '../job-form/job-form-context.ts';

const amountChars = 24;

/** A reward for the whole job, or the most that an hour and the whole run may cost. */
export function PriceFields() {
  const { t } = useTranslation();
  const { draft, change } = useJobForm();
  return (
    <>
      <SegmentedControl
        aria-label={t('field.priceKind')}
        w="fit-content"
        value={draft.priceKind}
        onChange={(priceKind) => change({ priceKind })}
        data={[
          { value: 'fixed', label: t('priceKind.fixed') },
          { value: 'metered', label: t('priceKind.metered') },
        ]}
      />
      <div className="work-columns">
        {draft.priceKind === 'fixed' ? (
          <AmountField field="reward" />
        ) : (
          <>
            <AmountField field="bid" />
            <AmountField field="cap" />
          </>
        )}
        <Select
          label={t('field.asset')}
          description={t('field.asset.text')}
          data={['SOL', 'USDC']}
          value={draft.asset}
          allowDeselect={false}
          onChange={(value) => change({ asset: value === 'USDC' ? 'USDC' : 'SOL' })}
        />
      </div>
    </>
  );
}

function AmountField({ field }: { field: 'reward' | 'bid' | 'cap' }) {
  const { t } = useTranslation();
  const { draft, change, errorOf } = useJobForm();
  return (
    <TextInput
      label={t(`field.${field}`)}
      description={t(`field.${field}.text`)}
      value={draft[field]}
      inputMode="decimal"
      maxLength={amountChars}
      error={errorOf(field)}
      onChange={(event) => change({ [field]: event.currentTarget.value })}
    />
  );
}
