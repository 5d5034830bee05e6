/**
 * The build of one of the two sites, `member` (served under /) and `desk` (under /desk/).
 *
 * The floor is set here: engines that are new enough get ES modules, engines down to the floor get the
 * legacy chunk with the built-ins it misses, older ones the plain page that stands in index.html.
 * The server sends `script-src 'self'`, so no script is inline: `floorScript` replaces the inline snippets
 * of the legacy plugin by one external file that makes the same choice (shared/floor.js).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import legacy from '@vitejs/plugin-legacy';
import vue from '@vitejs/plugin-vue';
import type { Plugin, UserConfig } from 'vite';

export const floors = {
  member: { js: ['chrome >= 78', 'ios >= 14'], css: ['chrome78', 'ios14'] },
  desk: { js: ['chrome >= 86'], css: ['chrome86'] },
} as const;

export type App = keyof typeof floors;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The legacy plugin's guard: a script from a `data:` address, which `script-src 'self'` refuses; floor.js asks instead. */
const dataImport = /import\s*'data:text\/javascript,[^']*';?/g;

/** Takes every inline script out of index.html and lets one external file load the right build. */
function floorScript(base: string): Plugin {
  return {
    name: 'zhigong:floor-script',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type === 'chunk') file.code = file.code.replace(dataImport, '');
        }
        const page = bundle['index.html'];
        if (page?.type !== 'asset') return;
        const code = readFileSync(here('./shared/floor.js'), 'utf8');
        const name = `assets/floor-${createHash('sha256').update(code).digest('hex').slice(0, 8)}.js`;
        this.emitFile({ type: 'asset', fileName: name, source: code });
        page.source = withoutInline(String(page.source), base + name);
      },
    },
  };
}

function withoutInline(html: string, floor: string): string {
  const pick = (pattern: RegExp) => pattern.exec(html)?.[1] ?? '';
  const modern = pick(/<script type="module"[^>]*\ssrc="([^"]+)"/);
  const polyfill = pick(/id="vite-legacy-polyfill"[^>]*\ssrc="([^"]+)"/);
  const old = pick(/id="vite-legacy-entry"[^>]*\sdata-src="([^"]+)"/);
  if (!modern || !polyfill || !old) throw new Error('index.html has not the three entries the floor script chooses from');
  return html
    .replace(/\s*<script[\s\S]*?<\/script>/g, '')
    .replace('</head>', `  <link rel="modulepreload" crossorigin href="${modern}">\n  </head>`)
    .replace('</body>', `  <script id="floor-script" src="${floor}" data-modern="${modern}" data-polyfill="${polyfill}" data-legacy="${old}"></script>\n  </body>`);
}

export function site(app: App, plugins: Plugin[] = []): UserConfig {
  const base = app === 'member' ? '/' : '/desk/';
  return {
    root: here(`./${app}`),
    base,
    plugins: [
      vue(),
      ...plugins,
      legacy({ targets: [...floors[app].js], renderModernChunks: true }),
      floorScript(base),
    ],
    resolve: { alias: { '@api': here('./api'), '@shared': here('./shared') } },
    build: {
      cssTarget: [...floors[app].css],
      // One style sheet: split, the legacy chunks would carry theirs as inline <style>, which the server's policy refuses.
      cssCodeSplit: false,
      outDir: here(`./${app}/dist`),
      emptyOutDir: true,
      sourcemap: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 900,
      assetsInlineLimit: 0,
    },
    server: { port: app === 'member' ? 5173 : 5174, proxy: { '/api': process.env.ZHIGONG_API ?? 'http://127.0.0.1:8080' } },
  };
}
