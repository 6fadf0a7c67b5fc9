import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { usedStyles } from './used-styles.ts';

/** Many pages have dialogs and fields, but none shows one before it has loaded. */
const isNeededAtFirst =
  /^(?!.*(\/components\/(Modal|ModalBase|Drawer|Input|InputBase|NativeSelect|TextInput|Textarea|Select|Combobox|Checkbox|Switch|SegmentedControl|Tabs)\/|react-remove-scroll|use-sidecar|use-callback-ref|confirm-modal|typed-confirm|data-table|table-core|react-table))/;

/** The web app is served by the marketplace and by the agent from the root of their own origin. */
export default defineConfig({
  plugins: [react(), usedStyles()],
  resolve: {
    alias: [
      {
        find: /^typebox$/,
        replacement: fileURLToPath(new URL('src/plain-schemas.ts', import.meta.url)),
      },
    ],
  },
  server: {
    proxy: {
      '/api': { target: 'http://127.0.0.1:8000', ws: true },
      '/config.json': 'http://127.0.0.1:8000',
      '/health': 'http://127.0.0.1:8000',
    },
  },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What so many parts of the app share is one file: a hundred small ones compress badly.
        codeSplitting: { groups: [{ name: 'base', minShareCount: 20, test: isNeededAtFirst }] },
      },
    },
  },
});
