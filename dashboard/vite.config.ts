import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { isNeededAtFirst, isOfFrame } from './first-modules.ts';
import { usedStyles } from './used-styles.ts';
import { withoutDescriptions } from './without-descriptions.ts';

/** The web app is served by the marketplace and by the agent from the root of their own origin. */
export default defineConfig({
  plugins: [react(), usedStyles(), withoutDescriptions()],
  resolve: {
    alias: [
      {
        find: /^typebox$/,
        replacement: fileURLToPath(new URL('src/plain-schemas.ts', import.meta.url)),
      },
      {
        find: /^\.\/TableScrollContainer\.mjs$/,
        replacement: fileURLToPath(new URL('no-scroll-container.ts', import.meta.url)),
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
    // In thousands of bytes. A test holds what a first page loads; this only warns of one file.
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // What so many parts of the app share is one file: a hundred small ones compress badly.
        codeSplitting: {
          groups: [
            { name: 'frame', test: isOfFrame, priority: 1 },
            { name: 'base', minShareCount: 20, test: isNeededAtFirst },
          ],
        },
      },
    },
  },
});
