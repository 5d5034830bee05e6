/**
 * What a walk stands on: a running site, a real Chromium, and a few things every page is asked.
 *
 *     export const walks: Walk[] = [{ name: 'a stranger sees the front page', async run(stage) {
 *       const phone = await stage.phone();
 *       await phone.goto(stage.url('/'));
 *       await stage.look(phone, 'front');   // screenshot, 0 axe violations, no sideways scrolling
 *     } }];
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** `both`: walked on both engines also in the short run, where the others take turns. */
export interface Walk { name: string; both?: boolean; run(stage: Stage): Promise<void> }

const OUT = fileURLToPath(new URL('./out/', import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export class Stage {
  private readonly contexts: BrowserContext[] = [];
  /** What pages complained about in the console, apart from the answers the walk itself provoked. */
  readonly complaints: string[] = [];

  /** `place`: where the data of the site is, for commands of the binary; empty for a site that runs elsewhere. */
  constructor(private readonly browser: Browser, readonly base: string, private readonly label: string, readonly place: readonly string[]) {
    mkdirSync(OUT, { recursive: true });
  }

  url(path: string): string {
    return this.base + path;
  }

  /** A new phone: its own cookies and storage, 390 px wide. */
  phone(): Promise<Page> {
    return this.open(390, 844);
  }

  /** A new desk: its own cookies and storage, 1440 px wide. */
  desk(): Promise<Page> {
    return this.open(1440, 900);
  }

  /** Lets go of complaints the walk provoked on purpose. */
  forgive(pattern: RegExp): void {
    for (let at = this.complaints.length - 1; at >= 0; at -= 1) if (pattern.test(this.complaints[at]!)) this.complaints.splice(at, 1);
  }

  private async open(width: number, height: number): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width, height }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
    // Several files walk at once: a page that is slow then is no failure.
    context.setDefaultTimeout(30_000);
    this.contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      const text = message.text();
      // An answer of 4xx is the server's "no"; the page shows it and the walk checks that.
      if (message.type() === 'error' && !/status of 4\d\d/.test(text)) this.complaints.push(`${page.url()}: ${text}`);
    });
    return page;
  }

  /** Signs in as a demo account, found by its key or by words of its label. */
  async demo(page: Page, who: string | RegExp): Promise<void> {
    const site = await (await page.request.get(this.url('/api/site'))).json() as { demo_accounts: { key: string; label: string }[] };
    const account = site.demo_accounts.find((one) => (typeof who === 'string' ? one.key === who : who.test(one.label)));
    if (!account) throw new Error(`no demo account ${who} among ${site.demo_accounts.map((one) => `${one.key} ${one.label}`).join(', ')}`);
    const answer = await page.request.post(this.url('/api/sign-in/demo'), { headers: { 'X-Zhigong': '1' }, data: { key: account.key } });
    expect(answer.ok(), `demo sign-in as ${account.key}: ${answer.status()} ${await answer.text()}`);
  }

  /** A picture for the eye, then: no axe violation and no sideways scrolling. */
  async look(page: Page, name: string): Promise<void> {
    await page.waitForLoadState('networkidle');
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached', timeout: 15_000 }).catch(() => undefined);
    const width = page.viewportSize()?.width ?? 0;
    await page.screenshot({ path: `${OUT}${this.label}-${width}-${name}.png`, fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide <= 0, `${name}: the page is ${wide} px too wide`);
    const found = await this.violations(page);
    expect(found.length === 0, `${name}: axe: ${found.join('; ')}`);
  }

  /** A picture of what goes to the printer, which must fit on the sheet. Nobody hears a sheet of paper: no axe. */
  async print(page: Page, name: string): Promise<void> {
    await page.emulateMedia({ media: 'print' });
    const width = page.viewportSize()?.width ?? 0;
    await page.screenshot({ path: `${OUT}${this.label}-${width}-${name}.png`, fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide <= 0, `${name}: the sheet is ${wide} px too wide`);
    await page.emulateMedia({ media: 'screen' });
  }

  private async violations(page: Page): Promise<string[]> {
    await page.evaluate(axeSource);
    return page.evaluate(async () => {
      interface Found { id: string; nodes: { target: string[] }[] }
      const axe = (window as unknown as { axe: { run(): Promise<{ violations: Found[] }> } }).axe;
      return (await axe.run()).violations.map((one) => `${one.id} at ${one.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')}`);
    });
  }

  /** Pictures of where the open pages stood when a walk failed. */
  async failed(name: string): Promise<void> {
    const pages = this.contexts.flatMap((context) => context.pages());
    for (const [at, page] of pages.entries()) {
      await page.screenshot({ path: `${OUT}${this.label}-failed-${name.replace(/\W+/g, '-')}-${at}.png`, fullPage: true }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    for (const context of this.contexts) await context.close();
  }
}

export function expect(held: boolean, said: string): asserts held {
  if (!held) throw new Error(said);
}

/** Waits until the text stands on the page. */
export async function sees(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ state: 'visible' });
}
