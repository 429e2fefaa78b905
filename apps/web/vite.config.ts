import { readFileSync } from 'node:fs';
import vue from '@vitejs/plugin-vue';
import { defaultClientConditions, defineConfig, loadEnv } from 'vite';
import { serviceWorker } from './build-service-worker.ts';

/** What the server answers itself; everything else is a page. */
const api = ['/v1', '/avatars', '/stickers', '/health', '/metrics', '/docs', '/.well-known', '/socket.io', '/ws'];

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };

export default defineConfig(({ mode }) => {
  const target = loadEnv(mode, '.', 'VITE_').VITE_API_URL || 'http://localhost:3000';
  return {
    plugins: [vue(), serviceWorker()],
    resolve: { conditions: ['source', ...defaultClientConditions] },
    define: {
      'import.meta.env.VITE_VERSION': JSON.stringify(version),
      __VUE_OPTIONS_API__: false,
      __VUE_PROD_DEVTOOLS__: false,
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
      __VUE_I18N_FULL_INSTALL__: false,
      __VUE_I18N_LEGACY_API__: false,
      __INTLIFY_PROD_DEVTOOLS__: false,
    },
    // The policy of the server allows no data: scripts and styles, so nothing is inlined.
    // index.html and the guide name the same browsers.
    build: { target: ['chrome124', 'firefox125', 'safari17.5'], assetsInlineLimit: 0 },
    server: {
      port: 5173,
      // The server takes sockets from its own pages only; to it, this one is.
      proxy: Object.fromEntries(
        api.map((path) => [
          path,
          { target, changeOrigin: true, ws: true, headers: { origin: new URL(target).origin } },
        ]),
      ),
    },
  };
});
