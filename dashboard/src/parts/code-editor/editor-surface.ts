import type { CodeLanguage } from './code-language.ts';

/** What both the plain and the rich text field of an editor are given. */
export interface EditorSurfaceProps {
  value: string;
  onChange: (value: string) => void;
  language: CodeLanguage;
  /** Ids of the elements that name and describe it; several with spaces between them. */
  labelId: string;
  describedBy: string;
  invalid: boolean;
  readOnly: boolean;
  /** The field it takes the place of had the focus. */
  takesFocus: boolean;
  /** Ctrl+Enter, or Command+Enter. */
  onRun?: (() => void) | undefined;
}
