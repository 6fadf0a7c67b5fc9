import { NumberInput, PasswordInput, Select, TextInput } from '@mantine/core';
import { limits } from '@node3/shared/limits';
import type { TemplateParameter } from '@node3/shared/template';
import { useTranslation } from 'react-i18next';
import { isRequired, type TypedValues } from './parameter-values.ts';

interface ParameterFieldsProps {
  parameters: readonly TemplateParameter[];
  values: TypedValues;
  onChange: (values: TypedValues) => void;
}

/** One field for each parameter, of its type. */
export function ParameterFields({ parameters, values, onChange }: ParameterFieldsProps) {
  return (
    <div className="work-columns">
      {parameters.map((parameter) => (
        <ParameterField
          key={parameter.name}
          parameter={parameter}
          value={values[parameter.name] ?? ''}
          onChange={(value) => onChange({ ...values, [parameter.name]: value })}
        />
      ))}
    </div>
  );
}

interface ParameterFieldProps {
  parameter: TemplateParameter;
  value: string;
  onChange: (value: string) => void;
}

function ParameterField({ parameter, value, onChange }: ParameterFieldProps) {
  const { t } = useTranslation();
  const shared = {
    label: parameter.name,
    description: parameter.description,
    required: isRequired(parameter),
    value,
  };
  const { type } = parameter;
  if (type === 'integer' || type === 'number') {
    return (
      <NumberInput
        {...shared}
        {...(parameter.min !== undefined && { min: parameter.min })}
        {...(parameter.max !== undefined && { max: parameter.max })}
        clampBehavior="none"
        allowDecimal={type === 'number'}
        onChange={(changed) => onChange(String(changed))}
      />
    );
  }
  if (type === 'choice' || type === 'boolean') {
    const answers = [
      { value: 'true', label: t('parameter.true') },
      { value: 'false', label: t('parameter.false') },
    ];
    const data = type === 'choice' ? parameter.choices : answers;
    return <Select {...shared} data={data} onChange={(changed) => onChange(changed ?? '')} />;
  }
  const text = {
    ...shared,
    maxLength: parameter.lengthMax ?? limits.parameterChars,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  if (type === 'string') return <TextInput {...text} />;
  return (
    <PasswordInput
      {...text}
      autoComplete="off"
      visibilityToggleButtonProps={{ 'aria-label': t('parameter.show') }}
    />
  );
}
