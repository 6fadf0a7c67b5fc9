import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { type Asset, assets, type Money } from '@node3/shared/money';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import {
  isAsset,
  type MoneyLimits,
  type MoneyProblem,
  type MoneyText,
  noLimits,
  readMoneyText,
} from './money-text.ts';

interface MoneyInputProps {
  label: string;
  value: MoneyText;
  onChange: (value: MoneyText) => void;
  /** One of several; a single one is written beside the field. */
  choices?: readonly Asset[];
  limits?: MoneyLimits;
  description?: ReactNode;
  /** Said instead of what the field itself finds, such as by the API. */
  error?: string | null;
  /** Fills in the highest amount. */
  most?: Money | null;
  /** Whether an empty field is told too, once something was sent. */
  submitted?: boolean;
  required?: boolean;
}

/** An exact amount of an asset. What it holds is text: `readMoneyText` says what that means. */
export function MoneyInput(props: MoneyInputProps) {
  const { label, value, onChange, choices = assets, limits = noLimits, submitted = false } = props;
  const { required = true, most = null } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const { problem } = readMoneyText(value, limits);
  const isQuiet = problem?.kind === 'empty' && (!submitted || !required);
  const found = problem === null || isQuiet ? null : problemText(t, format.money, problem);
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <TextInput
        label={label}
        description={props.description}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={value.text}
        onChange={(event) => onChange({ ...value, text: event.currentTarget.value })}
        error={props.error ?? found}
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        maxLength={32}
        required={required}
        withAsterisk={false}
        className="money-amount"
        style={{ flex: 1, minWidth: 0 }}
        rightSectionWidth={72}
        rightSection={
          most === null ? null : (
            <Button
              variant="subtle"
              size="compact-xs"
              onClick={() => onChange({ ...value, text: most.amount })}
            >
              {t('money.most')}
            </Button>
          )
        }
      />
      <NativeSelect
        label={t('money.asset')}
        data={[...choices]}
        value={value.asset}
        disabled={choices.length === 1}
        onChange={(event) => {
          const asset = event.currentTarget.value;
          if (isAsset(asset)) onChange({ ...value, asset });
        }}
        w={104}
        flex="none"
      />
    </Group>
  );
}

/** What is wrong with an amount, and what to do about it. */
function problemText(t: TFunction, money: (value: Money) => string, problem: MoneyProblem): string {
  if (problem.kind === 'decimals') {
    return t('money.problem.decimals', { asset: problem.asset, count: problem.decimals });
  }
  if (problem.kind === 'less' || problem.kind === 'more') {
    return t(`money.problem.${problem.kind}`, { money: money(problem.limit) });
  }
  return t(`money.problem.${problem.kind}`);
}
