import { Checkbox, Fieldset, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { limits } from '@node3/shared/limits';
import { useTranslation } from 'react-i18next';
import {
  type FoundParameter,
  parameterProblem,
  parametersShown,
  tooManyParameters,
} from './declared-parameters.ts';

interface DeclareParametersProps {
  found: readonly FoundParameter[];
  onChange: (name: string, part: Partial<FoundParameter>) => void;
}

/** The names in double braces that a job holds, each to be a parameter of its template or text. */
export function DeclareParameters({ found, onChange }: DeclareParametersProps) {
  const { t } = useTranslation();
  if (found.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('declare.none', { example: '{{name}}' })}
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      <Text size="sm">{t('declare.text')}</Text>
      {tooManyParameters(found) && (
        <Text size="sm" c="red" role="alert">
          {t('declare.tooMany', { max: limits.templateParameters })}
        </Text>
      )}
      {parametersShown(found).map((one) => (
        <ParameterRow key={one.name} found={one} onChange={(part) => onChange(one.name, part)} />
      ))}
    </Stack>
  );
}

interface ParameterRowProps {
  found: FoundParameter;
  onChange: (part: Partial<FoundParameter>) => void;
}

function ParameterRow({ found, onChange }: ParameterRowProps) {
  const { t } = useTranslation();
  const { name, form, forms } = found;
  return (
    <Fieldset legend={<span className="mono">{`{{${name}}}`}</span>}>
      <div className="work-columns">
        <Select
          label={t('declare.form')}
          data={forms.map((value) => ({ value, label: t(`declare.form.${value}`) }))}
          value={form}
          allowDeselect={false}
          onChange={(value) => {
            if (value !== null) onChange({ form: value });
          }}
        />
        {form !== 'kept' && (
          <>
            <TextInput
              label={t('declare.description')}
              value={found.description}
              maxLength={limits.templateDescriptionChars}
              onChange={(event) => onChange({ description: event.currentTarget.value })}
            />
            {form === 'choice' && <ChoicesField found={found} onChange={onChange} />}
            {form !== 'secret' && <DefaultField found={found} onChange={onChange} />}
            <Checkbox
              label={t('declare.required')}
              checked={found.required && !hasDefault(found)}
              disabled={hasDefault(found)}
              onChange={(event) => onChange({ required: event.currentTarget.checked })}
            />
          </>
        )}
      </div>
    </Fieldset>
  );
}

function hasDefault(found: FoundParameter): boolean {
  return found.form !== 'secret' && found.default !== '';
}

function ChoicesField({ found, onChange }: ParameterRowProps) {
  const { t } = useTranslation();
  return (
    <TagsInput
      label={t('declare.choices')}
      description={t('declare.choicesText')}
      value={[...found.choices]}
      maxTags={limits.parameterChoices}
      error={parameterProblem(found) === 'choices' && t('declare.problem.choices')}
      onChange={(choices) => onChange({ choices })}
    />
  );
}

function DefaultField({ found, onChange }: ParameterRowProps) {
  const { t } = useTranslation();
  const problem = parameterProblem(found);
  return (
    <TextInput
      label={t('declare.default')}
      value={found.default}
      maxLength={limits.parameterChars}
      error={problem !== null && problem !== 'choices' && t(`declare.problem.${problem}`)}
      onChange={(event) => onChange({ default: event.currentTarget.value })}
    />
  );
}
