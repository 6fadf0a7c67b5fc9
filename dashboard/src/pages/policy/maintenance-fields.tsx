import { ActionIcon, TextInput } from '@mantine/core';
import { limits } from '@node3/shared/limits';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { MaintenanceRow } from './policy-draft.ts';
import type { PolicyFieldsProps } from './policy-fields.ts';
import { RowsFieldset } from './rows-fieldset.tsx';

const ends = ['from', 'to'] as const;

/** Single times in which the machine takes nothing new, such as for a repair. */
export function MaintenanceFields({ draft, errors, onChange }: PolicyFieldsProps) {
  const { t } = useTranslation();
  const { maintenance } = draft;
  const set = (rows: readonly MaintenanceRow[]) => onChange({ maintenance: rows });
  return (
    <RowsFieldset
      field="maintenance"
      error={errors.get('maintenance')}
      full={maintenance.length >= limits.policyMaintenance}
      onAdd={() => set([...maintenance, { from: '', to: '' }])}
    >
      {maintenance.map((row, index) => (
        // Rows have no name of their own: two may say the same.
        <div key={index} className="maintenance-row">
          {ends.map((end) => (
            <TextInput
              key={end}
              type="datetime-local"
              aria-label={t(`policy.maintenance.${end}`, { number: index + 1 })}
              value={row[end]}
              onChange={({ currentTarget }) => {
                // Seconds, where a browser shows them, are none of it.
                const value = currentTarget.value.slice(0, 'yyyy-mm-ddThh:mm'.length);
                set(maintenance.map((one, at) => (at === index ? { ...one, [end]: value } : one)));
              }}
            />
          ))}
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t('policy.maintenance.remove', { number: index + 1 })}
            onClick={() => set(maintenance.filter((_, at) => at !== index))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
    </RowsFieldset>
  );
}
