import { SegmentedControl } from '@mantine/core';
import { limits } from '@node3/shared/limits';
import { useTranslation } from 'react-i18next';
import { CodeEditor } from '../../../parts/code-editor/code-editor.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { TextField } from '../job-form/draft-field.tsx';
import { useJobForm } from '../job-form/job-form-context.ts';
import { ScriptFields } from './script-fields.tsx';

/** What the job runs. */
export function ExecutionSection({ onRun }: { onRun: () => void }) {
  const { t } = useTranslation();
  const { draft, change, errorOf, mode } = useJobForm();
  return (
    <SectionCard title={t('section.execution')}>
      <div className="work-fields">
        <SegmentedControl
          aria-label={t('field.kind')}
          w="fit-content"
          value={draft.kind}
          onChange={(kind) => change({ kind })}
          data={[
            { value: 'script', label: t('kind.script') },
            { value: 'container', label: t('kind.container') },
          ]}
        />
        {draft.kind === 'script' ? <ScriptFields onRun={onRun} /> : <ContainerFields />}
        {draft.kind === 'script' && mode === 'advanced' && (
          <CodeEditor
            label={t('field.scriptInput')}
            description={t('field.scriptInput.text')}
            value={draft.scriptInput}
            language="json"
            rows={5}
            bytesMax={limits.inlineInputBytes}
            error={errorOf('scriptInput')}
            onChange={(scriptInput) => change({ scriptInput })}
          />
        )}
      </div>
    </SectionCard>
  );
}

function ContainerFields() {
  const { mode } = useJobForm();
  return (
    <>
      <TextField
        field="command"
        mono="yes"
        charsMax={limits.commandPartBytes}
        placeholder="sh -c 'nvidia-smi -L && date'"
      />
      {mode === 'advanced' && (
        <>
          <div className="work-columns">
            <TextField field="entrypoint" mono="yes" charsMax={limits.commandPartBytes} />
            <TextField field="workdir" mono="yes" charsMax={1_024} placeholder="/work" />
          </div>
          <TextField field="stdin" mono="yes" lines={3} charsMax={limits.stdinBytes} />
        </>
      )}
    </>
  );
}
