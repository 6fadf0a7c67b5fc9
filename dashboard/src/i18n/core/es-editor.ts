import type { enEditor } from './en-editor.ts';

export const esEditor: Record<keyof typeof enEditor, string> = {
  'editor.leave': 'Esc y después Tab sale del editor.',
  'editor.open': 'Abrir un archivo',
  'editor.size': '{{size}} de {{max}}',
  'editor.tooLarge': 'El archivo es más grande de lo que cabe aquí.',
  'editor.notText': 'El archivo no es texto UTF-8.',
};
