import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../support/chromium.ts';

/** How wide a page is, and in which colours. */
export interface Look {
  readonly width: number;
  readonly colors: 'light' | 'dark';
}

/** A desktop by day, and a phone by night. */
export const looks: readonly Look[] = [
  { width: 1_280, colors: 'light' },
  { width: 390, colors: 'dark' },
];

/** A browser that looks at a console. What a page complains about is kept. */
export class ConsoleBrowser implements AsyncDisposable {
  /** Errors of scripts and refusals of the page's policy, as text. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;
  readonly #url: string;

  private constructor(browser: Browser, url: string) {
    this.#browser = browser;
    this.#url = url;
  }

  /** Starts a browser for the console at a URL. */
  static async start(url: string): Promise<ConsoleBrowser> {
    // Whoever runs the tests may be root, as in a container; what is opened is our own page.
    const options = { executablePath: chromiumPath, args: ['--no-sandbox'] };
    return new ConsoleBrowser(await chromium.launch(options), url);
  }

  /** Opens a page as a desktop shows it by day. */
  async open(path: string): Promise<Page> {
    const context: BrowserContext = await this.#browser.newContext({
      viewport: { width: 1_280, height: 900 },
      // So that contrasts do not depend on when they are looked at.
      reducedMotion: 'reduce',
      // The authority of a test is in no browser; that the certificate is one of its own is checked without one.
      ignoreHTTPSErrors: true,
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(`${path}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${path}: ${message.text()}`);
    });
    await page.goto(`${this.#url}${path}`);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** Shows a page in another look. */
export async function show(page: Page, { width, colors }: Look): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme: colors });
}

/** Gives what axe finds wrong with a page, as text; empty where it is accessible by WCAG 2.2 AA and good practice. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(`${axe.source};0`);
  // The text runs in the page, where axe is.
  const found: unknown = await page.evaluate(
    `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary)))`,
  );
  return Array.isArray(found) ? found.map(String) : ['axe gave no answer'];
}
