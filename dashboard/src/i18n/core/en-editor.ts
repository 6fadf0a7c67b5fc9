export const enEditor = {
  'editor.leave': 'Esc, then Tab leaves the editor.',
  'editor.open': 'Open a file',
  'editor.size': '{{size}} of {{max}}',
  'editor.tooLarge': 'The file is larger than what fits here.',
  'editor.notText': 'The file is not UTF-8 text.',
};
