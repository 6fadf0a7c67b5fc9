import { expect, it } from 'vitest';
import { elementSnippet } from './element-snippet.ts';

it('loads the element from the marketplace of the link', () => {
  expect(elementSnippet('https://m.example/s/link_1?signature=A-_', 'es')).toBe(
    [
      '<script src="https://m.example/embed/node3-job.js" crossorigin="anonymous" async></script>',
      '<node3-job link="https://m.example/s/link_1?signature=A-_" lang="es" theme="auto"></node3-job>',
    ].join('\n'),
  );
});
