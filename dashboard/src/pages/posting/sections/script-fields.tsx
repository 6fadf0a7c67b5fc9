import { Button, Select } from '@mantine/core';
import { type Language, languages } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { IconWand } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeEditor } from '../../../parts/code-editor/code-editor.tsx';
import { isScriptLanguage } from '../../../parts/code-editor/code-language.ts';
import { isStarter, starterOf } from '../draft/starter-examples.ts';
import { useJobForm } from '../job-form/job-form-context.ts';
import { languageNames } from './language-names.ts';

interface ScriptFieldsProps {
  rows?: number;
  onRun: () => void;
}

/** The language and the code; an example that nobody touched follows the language. */
export function ScriptFields({ rows = 16, onRun }: ScriptFieldsProps) {
  const { t } = useTranslation();
  const { draft, change, errorOf } = useJobForm();
  const { language, code } = draft;
  function choose(wanted: Language) {
    change({ language: wanted, ...(isStarter(code) && { code: starterOf(wanted) }) });
  }
  return (
    <>
      <div className="work-language">
        <LanguagePicker language={language} onChoose={choose} error={errorOf('language')} />
        <Button
          variant="default"
          leftSection={<IconWand size={15} aria-hidden />}
          disabled={code === starterOf(language)}
          onClick={() => change({ code: starterOf(language) })}
        >
          {t('script.example')}
        </Button>
      </div>
      <CodeEditor
        label={t('field.code')}
        value={code}
        language={language}
        rows={rows}
        bytesMax={limits.codeBytesMax}
        error={errorOf('code')}
        onChange={(changed) => change({ code: changed })}
        onFileLanguage={(found) => {
          if (isScriptLanguage(found)) change({ language: found });
        }}
        onRun={onRun}
      />
    </>
  );
}

interface LanguagePickerProps {
  language: Language;
  onChoose: (language: Language) => void;
  error: ReactNode;
}

export function LanguagePicker({ language, onChoose, error }: LanguagePickerProps) {
  const { t } = useTranslation();
  return (
    <Select
      label={t('field.language')}
      data={languages.map((value) => ({ value, label: languageNames[value] }))}
      value={language}
      allowDeselect={false}
      error={error}
      onChange={(value) => {
        if (isScriptLanguage(value)) onChoose(value);
      }}
    />
  );
}
