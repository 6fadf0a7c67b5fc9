import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type CapDraft, type CapName, capNames } from './key-caps.ts';

interface KeyCapFieldsProps {
  caps: CapDraft;
  /** Fields whose text is told to be no amount. */
  wrong: readonly CapName[];
  onChange: (caps: CapDraft) => void;
}

/** What a key may spend at most, in either asset. Empty is no limit. */
export function KeyCapFields({ caps, wrong, onChange }: KeyCapFieldsProps) {
  const { t } = useTranslation();
  return (
    <fieldset className="plain-fieldset">
      <legend>{t('keys.caps')}</legend>
      <div className="key-caps">
        {capNames.map((name) => (
          <TextInput
            key={name}
            label={t(`keys.capField.${name}`)}
            placeholder={t('keys.noCaps')}
            value={caps[name]}
            onChange={(event) => onChange({ ...caps, [name]: event.currentTarget.value })}
            error={wrong.includes(name) ? t('caps.form') : null}
            inputMode="decimal"
            autoComplete="off"
            maxLength={32}
          />
        ))}
      </div>
    </fieldset>
  );
}
