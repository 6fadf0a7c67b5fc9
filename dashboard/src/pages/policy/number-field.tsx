import { NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PolicyFieldsProps } from './policy-fields.ts';

type NumberKey =
  | 'idleMinutes'
  | 'temperatureCelsiusMax'
  | 'powerWattsMax'
  | 'diskFloorBytes'
  | 'imageDiskBytes'
  | 'warmContainers'
  | 'electricityUsdPerKwh';

interface NumberFieldProps extends PolicyFieldsProps {
  field: NumberKey;
  suffix?: string;
  decimals?: 'allowed';
}

/** What an empty field means; null where it must not be empty. */
const placeholders: Partial<Record<NumberKey, 'policy.unknown' | null>> = {
  electricityUsdPerKwh: 'policy.unknown',
  warmContainers: null,
  diskFloorBytes: null,
};

/** A number that may be left empty. What it must be is checked with everything else. */
export function NumberField({ field, suffix = '', decimals, ...props }: NumberFieldProps) {
  const { t } = useTranslation();
  const { [field]: placeholder = 'policy.noLimit' } = placeholders;
  return (
    <NumberInput
      label={t(`policy.${field}`)}
      description={t(`policy.${field}.text`)}
      placeholder={placeholder === null ? '' : t(placeholder)}
      value={props.draft[field]}
      suffix={suffix}
      allowDecimal={decimals === 'allowed'}
      allowNegative={false}
      hideControls
      inputMode={decimals === 'allowed' ? 'decimal' : 'numeric'}
      error={props.errors.get(field)}
      onChange={(value) => props.onChange({ [field]: String(value) })}
    />
  );
}
