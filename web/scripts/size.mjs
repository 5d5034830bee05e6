/**
 * What a phone must fetch before the member front page stands: index.html, floor.js, the entry, the page's own chunk
 * and all their JS and CSS, gzip. Fails above the budget. The build for old engines is measured the same way.
 * And what secret ballots add where they are used, bundled for the floor by itself.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const BUDGET_KB = 120;
const BALLOT_BUDGET_KB = 15;
const FRONT = 'FrontPage';
const dist = fileURLToPath(new URL('../member/dist/', import.meta.url));
const text = (name) => readFileSync(dist + name, 'utf8');
const packed = (name) => gzipSync(readFileSync(dist + name), { level: 9 }).length;
const assets = readdirSync(dist + 'assets').map((name) => `assets/${name}`);

/** The files a chunk brings in at once. */
function staticImports(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  const code = text(name);
  const system = /System\.register\((\[[^\]]*\])/.exec(code);
  const named = system
    ? system[1].matchAll(/["'`]\.\/([^"'`]+)["'`]/g)
    : code.matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g);
  for (const [, file] of named) staticImports(`assets/${file}`, found);
  return found;
}

const html = text('index.html');
const attribute = (name) => new RegExp(`${name}="/([^"]+)"`).exec(html)[1];
const floor = /<script[^>]*\ssrc="\/([^"]+)"/.exec(html)[1];
const styles = [...html.matchAll(/rel="stylesheet"[^>]*href="\/([^"]+)"/g)].map(([, name]) => name);
const page = (legacy) => assets.find((name) => name.includes(`/${FRONT}-`) && name.endsWith('.js') && name.includes('-legacy-') === legacy);

function report(label, scripts) {
  const files = new Set(['index.html', floor, ...styles, ...scripts]);
  let sum = 0;
  for (const name of files) {
    const size = packed(name);
    sum += size;
    if (process.argv.includes('--files')) console.log(`  ${(size / 1000).toFixed(1).padStart(6)} kB  ${name}`);
  }
  console.log(`SIZE: member first load, ${label}: ${(sum / 1000).toFixed(1)} kB gzip (${files.size} files, budget ${BUDGET_KB} kB)`);
  return sum / 1000 <= BUDGET_KB;
}

async function ballot() {
  const input = fileURLToPath(new URL('../shared/ballot/index.ts', import.meta.url));
  const target = ['chrome78', 'ios14'];
  const options = { write: false, target, modulePreload: false, rolldownOptions: { input, preserveEntrySignatures: 'strict' } };
  const { output } = await build({ configFile: false, logLevel: 'silent', build: options });
  const sum = output.reduce((bytes, file) => bytes + gzipSync(file.code ?? file.source, { level: 9 }).length, 0) / 1000;
  console.log(`SIZE: ballot cryptography: ${sum.toFixed(1)} kB gzip (budget ${BALLOT_BUDGET_KB} kB)`);
  return sum <= BALLOT_BUDGET_KB;
}

if (!page(false)) {
  console.error(`SIZE: no ${FRONT} chunk in member/dist; build first`);
  process.exit(1);
}
const modern = [...staticImports(attribute('data-modern')), ...staticImports(page(false))];
const old = [attribute('data-polyfill'), ...staticImports(attribute('data-legacy')), ...staticImports(page(true))];
const fits = [report('new engines', modern), report('engines at the floor', old), await ballot()];
if (fits.includes(false)) process.exit(1);
