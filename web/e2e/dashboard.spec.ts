import type { Locator, Page } from '@playwright/test';
import { asSomebody, expect, expectAccessible, type Server, test } from './test.js';

const CREATE = 'mutation($input: CreateRecordInput!) { createRecord(input: $input) { record { id } } }';
const FIGURES = `query($from: Date, $to: Date) {
  dashboard(filter: { from: $from, to: $to, currency: "USD" }) {
    summary { income { amount } expenses { amount } net { amount } recordCount }
    previous(compareWith: PREVIOUS_YEAR) { income { amount } }
  }
}`;

type Figures = {
  dashboard: {
    summary: { income: { amount: string }; expenses: { amount: string }; net: { amount: string }; recordCount: number };
    previous: { income: { amount: string } } | null;
  };
};

const tile = (page: Page, name: string): Locator => (
  page.getByRole('main').locator('section').filter({ has: page.getByRole('heading', { name, exact: true, level: 2 }) })
);

/** As English writes it, by another way than the app. */
function written(amount: string): string {
  const [whole = '', fraction] = amount.replace('-', '−').split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${fraction ? `.${fraction}` : ''}`;
}

/** The last twelve months, the current one among them. */
function lastTwelveMonths(): { from: string; to: string } {
  const now = new Date();
  const day = (year: number, month: number, date: number) => new Date(Date.UTC(year, month, date)).toISOString().slice(0, 10);
  return { from: day(now.getFullYear() - 1, now.getMonth() + 1, 1), to: day(now.getFullYear(), now.getMonth() + 1, 0) };
}

/** The list of records with these filters, in any order. */
async function expectRecordsOf(page: Page, filters: Record<string, unknown>): Promise<void> {
  await expect(page).toHaveURL(/\/records\?/);
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual(filters);
}

async function figures(server: Server): Promise<Figures['dashboard']> {
  const ask = await asSomebody(server, 'viewer');
  return ((await ask(FIGURES, lastTwelveMonths())) as Figures).dashboard;
}

async function enter(server: Server, input: object): Promise<void> {
  const create = await asSomebody(server, 'admin');
  await create(CREATE, { input: { kind: 'INCOME', amount: '1234.56', currency: 'USD', category: 'Live', date: lastTwelveMonths().to, ...input } });
}

test('the figures are those of the API, to the last digit', async ({ page, server, signInAs }) => {
  const { summary, previous } = await figures(server);
  await signInAs('viewer');
  await expect(tile(page, 'Income')).toContainText(written(summary.income.amount));
  await expect(tile(page, 'Income')).toContainText(`from ${written(previous?.income.amount ?? '')}`);
  await expect(tile(page, 'Expenses')).toContainText(written(summary.expenses.amount));
  await expect(tile(page, 'Net')).toContainText(written(summary.net.amount));
  await expect(tile(page, 'Net')).toContainText(`${written(String(summary.recordCount))} records`);
  await expect(page.getByRole('link', { name: 'New record' })).toHaveCount(0);
});

test('a record entered elsewhere moves the dashboard without a reload', async ({ page, server, signInAs }) => {
  await signInAs('analyst');
  const { summary } = await figures(server);
  await expect(tile(page, 'Income')).toContainText(written(summary.income.amount));
  await page.evaluate(() => { document.body.dataset['same'] = 'yes'; });

  await enter(server, { notes: 'Entered elsewhere' });
  const after = await figures(server);
  expect(after.summary.income.amount).not.toBe(summary.income.amount);
  await expect(tile(page, 'Income')).toContainText(written(after.summary.income.amount));
  await expect(tile(page, 'Latest')).toContainText('Entered elsewhere');
  expect(await page.evaluate(() => document.body.dataset['same'])).toBe('yes');
});

test.describe('after the server was away', () => {
  test.use({ allowed: /Failed to load resource|WebSocket connection/ });

  test('the dashboard is live again', async ({ page, server, signInAs }) => {
    await signInAs('analyst');
    await expect(tile(page, 'Latest').getByRole('row').first()).toBeVisible();
    await server.stop();
    await server.start();
    await enter(server, { notes: 'After the pause' });
    await expect(tile(page, 'Latest')).toContainText('After the pause', { timeout: 30_000 });
  });
});

test('arrow keys go through the bars, which say their figures; Enter lists their records', async ({ page, signInAs }) => {
  await signInAs('analyst');
  const chart = page.getByRole('group', { name: 'Income and expenses by month' });
  const bars = chart.getByRole('link');
  await expect(bars).toHaveCount(12);
  await page.getByRole('button', { name: 'Table', exact: true }).focus();
  await page.keyboard.press('Tab');
  await expect(bars.last()).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(bars.last()).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(bars.nth(10)).toBeFocused();
  await expect(bars.nth(10)).toHaveAccessibleName(/^\w+ \d{4}: income [\d,.]+, expenses [\d,.]+, net [+−]?[\d,.]+$/);
  await page.keyboard.press('Home');
  await expect(bars.first()).toBeFocused();
  const { from } = lastTwelveMonths();
  await page.keyboard.press('Enter');
  await expectRecordsOf(page, { from, to: expect.stringMatching(new RegExp(`^${from.slice(0, 8)}\\d\\d$`)), currency: 'USD' });
});

test('a bar under the pointer says the same', async ({ page, signInAs }) => {
  await signInAs('analyst');
  const bar = page.getByRole('group', { name: 'Income and expenses by month' }).getByRole('link').nth(5);
  const [, period = '', income = ''] = /^(.*): income ([\d,.]+),/.exec(await bar.getAttribute('aria-label') ?? '') ?? [];
  await bar.hover();
  const tip = tile(page, 'Income and expenses by month').locator('strong');
  await expect(tip).toHaveText(period);
  await expect(tip.locator('..')).toContainText(income);
});

test('where the bars scroll, the figures beside them stay', async ({ page, signInAs }) => {
  await page.setViewportSize({ width: 360, height: 1400 });
  await signInAs('viewer', '/?interval=day');
  const chart = page.getByRole('group', { name: 'Income and expenses by day' });
  await expect(chart.getByRole('link').last()).toBeInViewport();
  await expect(chart.getByRole('link').first()).not.toBeInViewport();
  const zero = tile(page, 'Income and expenses by day').locator('svg').getByText('0', { exact: true });
  const place = await zero.boundingBox();
  await chart.getByRole('link').last().focus();
  await page.keyboard.press('Home');
  await expect(chart.getByRole('link').first()).toBeInViewport();
  await expect(zero).toBeInViewport({ ratio: 1 });
  expect((await zero.boundingBox())?.x).toBe(place?.x);
  // Nor is the first bar under them.
  const bar = await chart.getByRole('link').first().boundingBox();
  expect(bar?.x).toBeGreaterThan((place?.x ?? Infinity) + (place?.width ?? 0));
});

test('a table stands behind the picture', async ({ page, signInAs }) => {
  await signInAs('analyst');
  const bar = page.getByRole('group', { name: 'Income and expenses by month' }).getByRole('link').first();
  const [, period = '', income = ''] = /^(.*): income ([\d,.]+),/.exec(await bar.getAttribute('aria-label') ?? '') ?? [];
  await page.getByRole('button', { name: 'Table', exact: true }).click();
  await expect(page).toHaveURL(/\?view=table$/);
  const table = page.getByRole('region', { name: 'Income and expenses by month' });
  await expect(table.getByRole('row')).toHaveCount(13);
  await expect(table.getByRole('row').last()).toContainText(period);
  await expect(table.getByRole('row').last()).toContainText(income);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Chart', exact: true }).click();
  await expect(bar).toBeVisible();
});

test('range, comparison and interval live in the address', async ({ page, signInAs }) => {
  await signInAs('analyst');
  const year = new Date().getFullYear();
  await page.getByLabel('Range').selectOption('This financial year');
  await expect(page).toHaveURL(/\?range=year$/);
  await expect(page.getByText(new RegExp(`^1 Jan\\b.*${year}, compared with 1 Jan.*${year - 1}`))).toBeVisible();
  await page.getByLabel('By', { exact: true }).selectOption('Quarter');
  await expect(page.getByRole('group', { name: 'Income and expenses by quarter' }).getByRole('link')).toHaveCount(Math.ceil((new Date().getMonth() + 1) / 3));
  await page.getByLabel('Compare with').selectOption('vs. period before');
  await expect(page).toHaveURL(/\?range=year&interval=quarter&compare=period$|\?range=year&compare=period&interval=quarter$/);
  await page.reload();
  await expect(page.getByLabel('Range')).toHaveValue('year');
  await expect(page.getByRole('group', { name: 'Income and expenses by quarter' })).toBeVisible();

  await page.getByLabel('Range').selectOption('All time');
  await expect(page.getByText(/^All time\. All figures in USD\.$/)).toBeVisible();
  await expect(page.getByLabel('Compare with')).toHaveCount(0);
});

test('an own range is checked at its fields', async ({ page, signInAs }) => {
  await signInAs('analyst');
  await page.getByLabel('Range').selectOption('From – to…');
  await page.getByLabel('From', { exact: true }).fill('2025-03-10');
  await page.getByLabel('To', { exact: true }).fill('2025-03-01');
  await expect(page.getByText('The first day is after the last one.')).toBeVisible();
  await expect(page.getByLabel('To', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(page);
  await page.getByLabel('To', { exact: true }).fill('2025-03-24');
  await expect(page).toHaveURL(/\?range=own&from=2025-03-10&to=2025-03-24$/);
  await expect(page.getByText(/^10\s?–\s?24 Mar 2025, compared with 10\s?–\s?24 Mar 2024/)).toBeVisible();
  await expect(page.getByRole('group', { name: 'Income and expenses by day' }).getByRole('link')).toHaveCount(15);
});

test('a category leads to its records, of these days', async ({ page, signInAs }) => {
  await signInAs('analyst');
  const categories = tile(page, 'Expenses by category');
  await expect(categories.getByRole('listitem')).toHaveCount(7);
  await categories.getByRole('button', { name: 'Show all' }).click();
  await expect(categories.getByText(/^Others/)).toHaveCount(0);
  await categories.getByRole('link', { name: 'Rent' }).click();
  const { from, to } = lastTwelveMonths();
  await expectRecordsOf(page, { category: 'Rent', kind: 'EXPENSE', currency: 'USD', from, to });
  await page.goBack();
  await tile(page, 'Expenses by category').getByRole('button', { name: 'Income' }).click();
  await expect(tile(page, 'Income by category').getByRole('link').first()).toBeVisible();
});

test('a second currency can be chosen, with its own digits', async ({ page, server, signInAs }) => {
  await enter(server, { currency: 'KWD', amount: '1234567.125', category: 'Kuwait' });
  await signInAs('analyst');
  await page.getByLabel('Currency').selectOption('KWD');
  await expect(page).toHaveURL(/\?currency=KWD$/);
  await expect(tile(page, 'Income')).toContainText('1,234,567.125');
  await expect(tile(page, 'Net')).toContainText('+1,234,567.125');
  await expect(page.getByText(/All figures in KWD\.$/)).toBeVisible();
});

test.describe('for a German reader', () => {
  test.use({ locale: 'de-DE' });

  test('numbers are written the German way', async ({ page, server, signInAs }) => {
    const { summary } = await figures(server);
    await signInAs('viewer');
    const german = written(summary.income.amount).replace('.', '!').replaceAll(',', '.').replace('!', ',');
    await expect(tile(page, 'Income')).toContainText(german);
  });
});

for (const width of [360, 1440]) {
  test(`at ${width} px nothing moves when the figures come`, async ({ page, server, signInAs }) => {
    // With a choice of currencies, which comes by another way than the figures.
    await enter(server, { currency: 'KWD', category: 'Kuwait' });
    await page.setViewportSize({ width, height: 900 });
    await page.addInitScript(() => {
      const shifts: number[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await signInAs('analyst');
    await expect(tile(page, 'Latest').getByRole('row').first()).toBeVisible();
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('query Dashboard')) await new Promise((resolve) => { setTimeout(resolve, 1500); });
      await route.continue();
    });
    // Without the socket, which would bring them too.
    await page.routeWebSocket(/graphql/, () => {});
    await page.reload();
    await expect(tile(page, 'Income')).toBeVisible();
    await expect(page.locator('[aria-busy=true]').first()).toBeVisible();
    await expectAccessible(page);
    await expect(tile(page, 'Latest').getByRole('row').first()).toBeVisible();
    await page.waitForTimeout(300);
    const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts);
    expect(shifts.reduce((sum, shift) => sum + shift, 0)).toBeLessThan(0.005);
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [width, height] of [[360, 740], [1440, 900], [2560, 1300]] as const) {
    test(`at ${width} px, ${colorScheme}, nothing is cut off and axe finds nothing`, async ({ page, signInAs }, info) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height });
      await signInAs('admin');
      await expect(tile(page, 'Latest').getByRole('row').first()).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await expectAccessible(page);
      await page.screenshot({ path: info.outputPath('dashboard.png') });
    });
  }
}
