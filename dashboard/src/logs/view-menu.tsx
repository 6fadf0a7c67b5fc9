import { ActionIcon, Menu } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Hint } from '../parts/hint.tsx';
import { contextChoices, type LogOptions, textSizes, timeForms } from './log-options.ts';

interface ViewMenuProps {
  options: LogOptions;
  onChange: (change: Partial<LogOptions>) => void;
}

/** How lines are shown. Choosing leaves the menu open, so that the effect is seen. */
export function ViewMenu({ options, onChange }: ViewMenuProps) {
  const { t } = useTranslation();
  const { times, size, context, isWrapped } = options;
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Hint label={t('log.view')}>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={t('log.view')}>
            <IconAdjustmentsHorizontal size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
      </Hint>
      <Menu.Dropdown>
        <Choices
          label={t('log.times')}
          chosen={times}
          choices={timeForms.map((form) => [form, t(`log.times.${form}`)])}
          onChoose={(form) => onChange({ times: form })}
        />
        <Choices
          label={t('log.textSize')}
          chosen={size}
          choices={textSizes.map((one) => [one, t(`log.size.${one}`)])}
          onChoose={(one) => onChange({ size: one })}
        />
        <Choices
          label={t('log.context')}
          chosen={context}
          choices={contextChoices.map((count) => [count, t('log.contextLines', { count })])}
          onChoose={(count) => onChange({ context: count })}
        />
        <Menu.CheckboxItem
          checked={isWrapped}
          onChange={(isChecked) => onChange({ isWrapped: isChecked })}
        >
          {t('log.wrap')}
        </Menu.CheckboxItem>
      </Menu.Dropdown>
    </Menu>
  );
}

interface ChoicesProps<T> {
  label: string;
  chosen: T;
  choices: readonly (readonly [value: T, label: string])[];
  onChoose: (value: T) => void;
}

function Choices<T extends string | number>({ label, chosen, choices, onChoose }: ChoicesProps<T>) {
  return (
    <>
      <Menu.Label>{label}</Menu.Label>
      {choices.map(([value, text]) => (
        <Menu.RadioItem
          key={value}
          value={String(value)}
          checked={value === chosen}
          onChange={() => onChoose(value)}
        >
          {text}
        </Menu.RadioItem>
      ))}
      <Menu.Divider />
    </>
  );
}
