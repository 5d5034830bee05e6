import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@api': here('./api'), '@shared': here('./shared') } },
  test: { include: ['**/*.test.ts'], exclude: ['**/node_modules/**', '**/dist/**'], environment: 'happy-dom' },
});
