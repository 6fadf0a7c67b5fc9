import {
  ActionIcon,
  Group,
  Radio,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { limits } from '@node3/shared/limits';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { SectionCard } from '../../parts/section-card.tsx';
import { MaintenanceFields } from './maintenance-fields.tsx';
import { NumberField } from './number-field.tsx';
import { days, type HoursRow, newHours } from './policy-draft.ts';
import type { PolicyFieldsProps } from './policy-fields.ts';
import { RowsFieldset } from './rows-fieldset.tsx';
import { WeekView } from './week-view.tsx';

export function WhenFields({ draft, errors, onChange }: PolicyFieldsProps) {
  const { t } = useTranslation();
  return (
    <SectionCard title={t('policy.when')} description={t('policy.when.text')}>
      <Stack gap="lg">
        <HoursFields draft={draft} errors={errors} onChange={onChange} />
        <MaintenanceFields draft={draft} errors={errors} onChange={onChange} />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Select
            label={t('policy.timeZone')}
            description={t('policy.timeZone.text')}
            data={[{ value: '', label: t('policy.timeZone.own') }, ...timeZones(draft.timeZone)]}
            value={draft.timeZone}
            searchable
            allowDeselect={false}
            error={errors.get('timeZone')}
            onChange={(value) => onChange({ timeZone: value ?? '' })}
          />
          <NumberField field="idleMinutes" suffix=" min" {...{ draft, errors, onChange }} />
        </SimpleGrid>
        <Radio.Group
          label={t('policy.whenClosed')}
          description={t('policy.whenClosed.text')}
          value={draft.whenClosed}
          onChange={(value) => onChange({ whenClosed: value === 'stop' ? 'stop' : 'finish' })}
        >
          <Group mt="xs" gap="lg">
            <Radio value="finish" label={t('policy.whenClosed.finish')} />
            <Radio value="stop" label={t('policy.whenClosed.stop')} />
          </Group>
        </Radio.Group>
      </Stack>
    </SectionCard>
  );
}

function timeZones(current: string): { value: string; label: string }[] {
  const known = Intl.supportedValuesOf('timeZone');
  const names = current === '' || known.includes(current) ? known : [current, ...known];
  return names.map((name) => ({ value: name, label: name }));
}

function HoursFields({ draft, errors, onChange }: PolicyFieldsProps) {
  const { t } = useTranslation();
  const { hours } = draft;
  const set = (rows: readonly HoursRow[]) => onChange({ hours: rows });
  return (
    <RowsFieldset
      field="hours"
      error={errors.get('hours')}
      full={hours.length >= limits.policyHours}
      onAdd={() => set([...hours, newHours])}
    >
      <WeekView hours={hours} />
      {hours.length === 0 && <Text size="sm">{t('policy.hours.always')}</Text>}
      {hours.map((row, index) => (
        <WindowFields
          // Rows have no name of their own: two may say the same.
          key={index}
          number={index + 1}
          row={row}
          onChange={(part) =>
            set(hours.map((other, at) => (at === index ? { ...other, ...part } : other)))
          }
          onRemove={() => set(hours.filter((_, at) => at !== index))}
        />
      ))}
    </RowsFieldset>
  );
}

interface WindowFieldsProps {
  number: number;
  row: HoursRow;
  onChange: (part: Partial<HoursRow>) => void;
  onRemove: () => void;
}

function WindowFields({ number, row, onChange, onRemove }: WindowFieldsProps) {
  const { t } = useTranslation();
  const dayNames = days.map((day) => ({ value: day, label: t(`policy.day.${day}`) }));
  const label = (part: 'fromDay' | 'toDay' | 'from' | 'to') =>
    t(`policy.window.${part}`, { number });
  return (
    <div className="hours-row">
      <Select
        aria-label={label('fromDay')}
        data={[{ value: '', label: t('policy.day.every') }, ...dayNames]}
        value={row.fromDay}
        allowDeselect={false}
        onChange={(day) =>
          onChange({ fromDay: day ?? '', toDay: row.fromDay === '' ? (day ?? '') : row.toDay })
        }
      />
      {row.fromDay !== '' && (
        <Select
          aria-label={label('toDay')}
          data={dayNames}
          value={row.toDay}
          allowDeselect={false}
          onChange={(day) => onChange({ toDay: day ?? row.fromDay })}
        />
      )}
      <TextInput
        type="time"
        aria-label={label('from')}
        value={row.from}
        onChange={(event) => onChange({ from: event.currentTarget.value })}
      />
      <TextInput
        type="time"
        aria-label={label('to')}
        value={row.to}
        onChange={(event) => onChange({ to: event.currentTarget.value })}
      />
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={t('policy.window.remove', { number })}
        onClick={onRemove}
      >
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </div>
  );
}
