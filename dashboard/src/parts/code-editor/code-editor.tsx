import { Box, Button, FileButton, Group, Input, Text } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import {
  type ComponentType,
  type CSSProperties,
  type DragEvent,
  type ReactNode,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { type CodeLanguage, languageOfFile } from './code-language.ts';
import type { EditorSurfaceProps } from './editor-surface.ts';
import { PlainEditor } from './plain-editor.tsx';
import { type FileProblem, readTextFile, TextFileError } from './read-text-file.ts';
import './code-editor.css';

interface CodeEditorProps {
  label: string;
  description?: ReactNode;
  value: string;
  onChange: (value: string) => void;
  language: CodeLanguage;
  /** The most UTF-8 bytes that the text may have. */
  bytesMax: number;
  error?: ReactNode;
  readOnly?: boolean;
  /** Lines that are seen at once. */
  rows?: number;
  /** Hears what language a file that was opened seems to be in. */
  onFileLanguage?: (language: CodeLanguage) => void;
  onRun?: () => void;
}

type RichEditor = ComponentType<EditorSurfaceProps>;

/** A field for code: a plain text field until its highlighting is here, and where that never comes. */
export function CodeEditor(props: CodeEditorProps) {
  const { label, value, bytesMax, error, readOnly = false, rows = 12 } = props;
  const { t } = useTranslation();
  const labelId = useId();
  const helpId = useId();
  const errorId = useId();
  const { host, rich: Rich, takesFocus } = useRichEditor();
  const drop = useFileDrop(props);
  const invalid = error !== undefined && error !== null;
  const surface: EditorSurfaceProps = {
    value,
    onChange: props.onChange,
    language: props.language,
    labelId,
    describedBy: [readOnly ? '' : helpId, invalid ? errorId : ''].join(' ').trim(),
    invalid,
    readOnly,
    takesFocus,
    onRun: props.onRun,
  };
  return (
    <div className="code-editor" style={{ '--code-editor-rows': rows } as CSSProperties}>
      <Group justify="space-between" align="flex-end" gap="xs" mb={4}>
        <div>
          <Input.Label component="div" id={labelId}>
            {label}
          </Input.Label>
          {props.description !== undefined && (
            <Input.Description>{props.description}</Input.Description>
          )}
        </div>
        {!readOnly && <OpenFile onFile={drop.take} />}
      </Group>
      <Box
        ref={host}
        className="code-editor-frame"
        mod={{ invalid, dragging: drop.dragging }}
        {...(readOnly ? {} : drop.handlers)}
      >
        {Rich === null ? <PlainEditor {...surface} /> : <Rich {...surface} />}
      </Box>
      {!readOnly && (
        <Group justify="space-between" gap="xs" mt={4}>
          <Text size="xs" c="dimmed" id={helpId}>
            {t('editor.leave')}
          </Text>
          <ByteCount value={value} bytesMax={bytesMax} />
        </Group>
      )}
      <div role="alert">
        {invalid && <Input.Error id={errorId}>{error}</Input.Error>}
        {drop.problem !== null && (
          <Input.Error>
            {drop.problem === 'tooLarge' ? t('editor.tooLarge') : t('editor.notText')}
          </Input.Error>
        )}
      </div>
    </div>
  );
}

/** Fetches the rich one; what was typed and the focus pass over to it. */
function useRichEditor() {
  const host = useRef<HTMLDivElement>(null);
  const [found, setFound] = useState<{ rich: RichEditor; takesFocus: boolean } | null>(null);
  useEffect(() => {
    let wanted = true;
    async function fetchRich() {
      // Where the host is away, the plain field does as well.
      const module = await import('./rich-editor.tsx').catch(() => null);
      if (!wanted || module === null) return;
      const takesFocus = host.current?.contains(document.activeElement) ?? false;
      setFound({ rich: module.RichEditor, takesFocus });
    }
    void fetchRich();
    return () => {
      wanted = false;
    };
  }, []);
  return { host, rich: found?.rich ?? null, takesFocus: found?.takesFocus ?? false };
}

function useFileDrop({ bytesMax, onChange, onFileLanguage }: CodeEditorProps) {
  const [dragging, setDragging] = useState(false);
  const [problem, setProblem] = useState<FileProblem | null>(null);
  async function take(file: File | null) {
    if (file === null) return;
    try {
      onChange(await readTextFile(file, bytesMax));
      onFileLanguage?.(languageOfFile(file.name));
      setProblem(null);
    } catch (error) {
      if (!(error instanceof TextFileError)) throw error;
      setProblem(error.problem);
    }
  }
  const hasFile = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  const handlers = {
    onDragOverCapture(event: DragEvent) {
      if (!hasFile(event)) return;
      event.preventDefault();
      setDragging(true);
    },
    onDragLeave: () => setDragging(false),
    onDropCapture(event: DragEvent) {
      if (!hasFile(event)) return;
      event.preventDefault();
      event.stopPropagation();
      setDragging(false);
      void take(event.dataTransfer.files[0] ?? null);
    },
  };
  return { dragging, problem, handlers, take: (file: File | null) => void take(file) };
}

function OpenFile({ onFile }: { onFile: (file: File | null) => void }) {
  const { t } = useTranslation();
  return (
    <FileButton onChange={onFile}>
      {(button) => (
        <Button
          {...button}
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<IconFileUpload size={15} aria-hidden />}
        >
          {t('editor.open')}
        </Button>
      )}
    </FileButton>
  );
}

const encoder = new TextEncoder();

function ByteCount({ value, bytesMax }: { value: string; bytesMax: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const bytes = encoder.encode(value).length;
  return (
    <Text size="xs" c={bytes > bytesMax ? 'var(--mantine-color-error)' : 'dimmed'}>
      {t('editor.size', { size: format.bytes(bytes), max: format.bytes(bytesMax) })}
    </Text>
  );
}
