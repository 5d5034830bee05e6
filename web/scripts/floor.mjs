/**
 * Proves that what was built can be read by the oldest engine it is sent to: every chunk is parsed at the language
 * level of its engine, the style sheets are searched for what that engine does not know, and index.html must have no
 * inline script. Built-ins are not looked for here: the legacy build carries those its engines miss.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'acorn';

/** Chrome 78 reads ES2019 (`?.` and `??` came with 80); Chrome 86 reads ES2021; what gets modules reads ES2022. */
const sites = { member: { legacy: 2019, flexGap: false, chrome: 78 }, desk: { legacy: 2021, flexGap: true, chrome: 86 } };
const MODERN = 2022;

/** Feature of a style sheet → the Chrome version that knows it. */
const styleFeatures = [
  [/:is\(/, ':is()', 88], [/:where\(/, ':where()', 88], [/:has\(/, ':has()', 105],
  [/[;{]inset(-[a-z-]+)?:/, 'inset', 87], [/aspect-ratio:/, 'aspect-ratio', 88],
  [/\d(d|s|l)v[hw]\b/, 'dvh', 108], [/color-mix\(/, 'color-mix()', 111], [/oklch\(|oklab\(/, 'oklch()', 111],
  [/@layer/, '@layer', 99], [/@container/, '@container', 105], [/@property/, '@property', 85],
  [/\bclamp\(|[:\s,(]min\(|[:\s,(]max\(/, 'min()/max()/clamp()', 79],
  [/[{;}]\s*&|&:/, 'nesting', 112], [/overflow(-[xy])?:clip/, 'overflow: clip', 90],
  [/[;{](translate|rotate|scale):/, 'single transforms', 104],
];

const failures = [];
let scripts = 0;
let sheets = 0;

function checkScript(name, code, version, sourceType) {
  scripts += 1;
  try {
    parse(code, { ecmaVersion: version, sourceType });
  } catch (error) {
    failures.push(`${name}: not ES${version}: ${error.message}`);
  }
}

/** Rules of a sheet as [selector, declarations]; at-rule bodies are walked by their inner rules. */
const rules = (css) => [...css.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, selector, body]) => [selector.trim(), body]);

function checkStyle(name, css, site) {
  sheets += 1;
  // `@supports` guards what it asks for; url() and strings may hold anything.
  const plain = css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/@supports[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, '').replace(/url\([^)]*\)/g, 'url()');
  for (const [pattern, feature, since] of styleFeatures) {
    const hit = since > site.chrome && pattern.exec(plain);
    if (hit) failures.push(`${name}: ${feature} needs Chrome ${since}: …${plain.slice(Math.max(0, hit.index - 60), hit.index + 40)}…`);
  }
  if (!site.flexGap) checkFlexGap(name, plain);
  for (const [selector] of rules(plain)) {
    const lone = selector.split(',').length > 1 && /(?<!:not\():focus-visible/.test(selector);
    if (lone && site.chrome < 86) failures.push(`${name}: :focus-visible in a list makes the whole rule unknown: ${selector}`);
  }
}

function checkFlexGap(name, css) {
  const grid = new Set(rules(css).filter(([, body]) => /display:\s*(inline-)?grid/.test(body)).flatMap(([selector]) => selector.split(',')));
  for (const [selector, body] of rules(css)) {
    if (!/[;{\s]?(^|;)\s*(row-|column-)?gap:/.test(body)) continue;
    const isGrid = /display:\s*(inline-)?grid/.test(body) || selector.split(',').every((one) => grid.has(one)) || /column-count|columns:/.test(body);
    if (!isGrid) failures.push(`${name}: gap outside a grid needs Chrome 84: ${selector}`);
  }
}

for (const [app, site] of Object.entries(sites)) {
  const dist = fileURLToPath(new URL(`../${app}/dist/`, import.meta.url));
  for (const file of readdirSync(dist + 'assets')) {
    const name = `${app}/dist/assets/${file}`;
    const text = () => readFileSync(dist + 'assets/' + file, 'utf8');
    if (file.endsWith('.css')) checkStyle(name, text(), site);
    if (!file.endsWith('.js')) continue;
    if (file.startsWith('floor-')) checkScript(name, text(), 5, 'script');
    else if (file.includes('-legacy-')) checkScript(name, text(), site.legacy, 'script');
    else checkScript(name, text(), MODERN, 'module');
    if (text().includes('data:text/javascript')) failures.push(`${name}: imports a data: script, which script-src 'self' refuses`);
  }
  const html = readFileSync(dist + 'index.html', 'utf8');
  if (/<script(?![^>]*\ssrc=)/.test(html) || /<style|\son[a-z]+=|\sstyle=/.test(html)) failures.push(`${app}/dist/index.html: inline script or style`);
}

for (const failure of failures) console.error(`FLOOR: ${failure}`);
console.log(`FLOOR: ${scripts} scripts and ${sheets} style sheets read, ${failures.length} failures`);
process.exit(failures.length > 0 ? 1 : 0);
