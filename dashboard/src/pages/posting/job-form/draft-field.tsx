import { NumberInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Texts } from '../../../i18n/area-texts.ts';
import type { DraftField, PointedField } from '../draft/draft-fields.ts';
import { type TextDraftField, useJobForm } from './job-form-context.ts';

/** Fields with a line of help, and with a place in the spec for what is wrong with them. */
type Described<Field extends string> = Field extends string
  ? `field.${Field}.text` extends keyof Texts
    ? Field
    : never
  : never;
type Named<Kind> = Described<Extract<Kind, PointedField>>;

interface TextFieldProps {
  field: Named<TextDraftField>;
  placeholder?: string;
  charsMax: number;
  /** As many lines as it has at first; one line where nothing is said. */
  lines?: number;
  mono?: 'yes' | 'no';
  rightSection?: ReactNode;
}

/** One text of the draft. Its label, its help and what is wrong with it go by its name. */
export function TextField({ field, lines = 1, mono = 'no', charsMax, ...rest }: TextFieldProps) {
  const { t } = useTranslation();
  const { draft, change, errorOf } = useJobForm();
  const props = {
    ...rest,
    label: t(`field.${field}`),
    description: t(`field.${field}.text`),
    value: draft[field],
    maxLength: charsMax,
    spellCheck: mono === 'no',
    error: errorOf(field),
    classNames: { input: mono === 'yes' ? 'mono' : '' },
    onChange: (event: { currentTarget: { value: string } }) =>
      change({ [field]: event.currentTarget.value }),
  };
  if (lines === 1) return <TextInput {...props} />;
  return <Textarea {...props} autosize minRows={lines} maxRows={16} />;
}

interface WholeFieldProps {
  field: Named<TextDraftField>;
  min: number;
  max: number;
  placeholder?: string;
  suffix?: string;
}

export function WholeField({ field, placeholder = '', suffix = '', min, max }: WholeFieldProps) {
  const { t } = useTranslation();
  const { draft, change, errorOf } = useJobForm();
  return (
    <NumberInput
      label={t(`field.${field}`)}
      description={t(`field.${field}.text`)}
      value={draft[field]}
      placeholder={placeholder}
      suffix={suffix}
      min={min}
      max={max}
      clampBehavior="none"
      allowDecimal={false}
      allowNegative={false}
      error={errorOf(field)}
      onChange={(value) => change({ [field]: String(value) })}
    />
  );
}

interface ChoiceFieldProps<Value extends string> {
  field: Named<TextDraftField>;
  choices: readonly { value: Value; label: string }[];
}

/** One of a few words. The empty one means: whatever. */
export function ChoiceField<Value extends string>({ field, choices }: ChoiceFieldProps<Value>) {
  const { t } = useTranslation();
  const { draft, change, errorOf } = useJobForm();
  return (
    <Select
      label={t(`field.${field}`)}
      description={t(`field.${field}.text`)}
      data={[...choices]}
      value={draft[field]}
      allowDeselect={false}
      error={errorOf(field)}
      onChange={(value) => {
        if (value !== null) change({ [field]: value });
      }}
    />
  );
}

type ListField = {
  [Field in DraftField]: ReturnType<typeof useJobForm>['draft'][Field] extends string[]
    ? Field
    : never;
}[DraftField];

interface TagsFieldProps {
  field: Named<ListField>;
  suggestions?: string[];
  placeholder?: string;
  entriesMax: number;
}

/** A list of words; Enter or a comma ends one. */
export function TagsField({ field, suggestions = [], placeholder, entriesMax }: TagsFieldProps) {
  const { t } = useTranslation();
  const { draft, change, errorOf } = useJobForm();
  const list = draft[field];
  return (
    <TagsInput
      label={t(`field.${field}`)}
      description={t(`field.${field}.text`)}
      data={suggestions}
      value={list}
      maxTags={entriesMax}
      placeholder={list.length === 0 ? placeholder : ''}
      splitChars={[',', ' ']}
      acceptValueOnBlur
      error={errorOf(field)}
      onChange={(entries) => change({ [field]: entries })}
    />
  );
}
