import { expect, expectAccessible, test } from './test.js';

type Page = import('@playwright/test').Page;

const csv = (name: string, lines: readonly string[], encoding: BufferEncoding = 'utf8') => (
  { name, mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\n')}\n`, encoding) }
);
const HEADER = 'Datum;Empfänger;Verwendungszweck;Betrag';
const GIRO = [HEADER, '02.11.2026;Deutsche Bahn;Fahrt;-48,00', '13.11.2026;Telekom;Anschluss;-39,95', '14.11.2026;Kundin;Rechnung 12;1.200,00'];

async function choose(page: Page, file: ReturnType<typeof csv>, source: string) {
  await page.getByLabel('Choose a file').setInputFiles(file);
  await expect(page.getByRole('region', { name: 'First rows of the file' })).toBeVisible();
  await page.getByLabel('Account or source').fill(source);
  await page.getByRole('button', { name: 'Read the file' }).click();
  await expect(page.getByRole('heading', { name: 'What they become' })).toBeVisible();
}

async function toCheck(page: Page) {
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL(/step=categories/);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL(/step=check/);
}

test('a viewer is not offered the import', async ({ page, signInAs }) => {
  await signInAs('viewer', '/import');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This page is not for your role');
  await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Import' })).toHaveCount(0);
  await expectAccessible(page);
});

test('a file of a bank: what it does not say is asked, what is wrong is changed and seen, and it is entered once', async ({ page, signInAs }) => {
  await signInAs('analyst', '/import');
  await expectAccessible(page);
  await choose(page, csv('giro.csv', GIRO), 'Giro account');

  // The suggestion: a decimal comma, the day first; and no category, which it asks for.
  const becomes = page.getByRole('region', { name: 'What they become' });
  await expect(page.getByRole('group', { name: 'Please check: the file does not say' })).toContainText('No column has categories.');
  await expect(becomes).toContainText('The row names no category');
  await expectAccessible(page);
  await page.getByLabel('Category of rows without one').fill('Bank');
  await expect(becomes.getByRole('row').nth(1)).toContainText(/New record.*2 Nov 2026.*Deutsche Bahn.*Bank.*Fahrt.*−48\.00 USD/);

  // A change that makes no sense stands at its field; the rows are read again when it does.
  await page.getByLabel('Between the thousands').selectOption('COMMA');
  await expect(page.getByLabel('Between the thousands')).toHaveAccessibleDescription(/cannot stand/);
  await expectAccessible(page);
  await page.getByLabel('Between the thousands').selectOption('POINT');
  await page.getByLabel('Currency of rows without one').selectOption('EUR');
  await expect(becomes.getByRole('row').nth(3)).toContainText('+1,200.00 EUR');

  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('The file names no categories: every row is in “Bank”.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('Income 1,200.00')).toBeVisible();
  await expect(page.getByText('Expenses 87.95')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Enter 3 records' }).click();
  await expect(page.getByRole('heading', { name: '3 records were entered' })).toBeVisible();
  await expect(page.getByText('No row was left out.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Take back…' })).toHaveCount(0);
  await expectAccessible(page);
  await expect(page.getByRole('link', { name: 'Show these records' })).toHaveAttribute('href', /\/records\?importId=import_/);

  // The same rows and one more.
  await page.getByRole('link', { name: 'Import another file' }).click();
  await choose(page, csv('giro-2.csv', [...GIRO, '20.11.2026;Bäckerei;Brot;-7,10']), 'Giro account');
  await page.getByLabel('Category of rows without one').fill('Bank');
  await toCheck(page);
  await expect(page.getByText('Imported before').first()).toBeVisible();
  await page.getByRole('button', { name: 'Enter 1 record' }).click();
  await expect(page.getByText('Left out: 3 imported before')).toBeVisible();

  await page.getByRole('link', { name: 'All imports' }).click();
  await expect(page.getByRole('row', { name: /giro-2\.csv/ })).toContainText(/Giro account.*Entered/);
});

test('a duplicate file has nothing left to enter', async ({ page, signInAs }) => {
  const file = csv('twice.csv', ['Date,Category,Amount,Currency', '2026-10-30,Rent,-900.00,EUR', '2026-10-31,Rent,-1.00,EUR']);
  await signInAs('analyst', '/import');
  await choose(page, file, 'Twice');
  await toCheck(page);
  await page.getByRole('button', { name: 'Enter 2 records' }).click();
  await expect(page.getByRole('heading', { name: '2 records were entered' })).toBeVisible();
  await page.getByRole('link', { name: 'Import another file' }).click();
  await choose(page, file, 'Twice');
  await toCheck(page);
  await expect(page.getByText('All 2 rows were imported from this source before.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Enter/ })).toHaveCount(0);
  await expectAccessible(page);
});

test('rows with problems are shown, hold the rest back, and are left out when asked', async ({ page, signInAs }) => {
  const rows = Array.from({ length: 60 }, (_, at) => `2026-10-${String(1 + (at % 28)).padStart(2, '0')},Food,-${String(at + 1)}.00,EUR`);
  await signInAs('admin', '/import');
  await choose(page, csv('problems.csv', ['Date,Category,Amount,Currency', ...rows, '2026-10-30,,-3.00,EUR']), 'Problems');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Name in the books of Food').fill('Groceries');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Continue' }).click();

  const table = page.getByRole('region', { name: 'What the rows become' });
  await expect(table.getByRole('row')).toHaveCount(51);
  await expect(table).toContainText('Groceries');
  await page.getByRole('button', { name: 'Later rows' }).click();
  await expect(page.getByText('Lines 52 to 62')).toBeVisible();
  await page.getByRole('combobox', { name: 'Rows shown' }).selectOption('Only problems');
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(table).toContainText('The row names no category');
  const enter = page.getByRole('button', { name: 'Enter 60 records' });
  await expect(enter).toBeDisabled();
  await expectAccessible(page);
  await page.getByLabel('Leave out 1 row with problems').check();
  await enter.click();
  await expect(page.getByText('Left out: 1 with problems')).toBeVisible();

  // An admin takes it back.
  await page.getByRole('button', { name: 'Take back…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Take this import back?' });
  await expect(dialog).toContainText('The 60 records that it made are deleted');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Take it back' }).click();
  await expect(page.getByRole('heading', { name: 'This import was taken back' })).toBeVisible();
  await expect(page.getByText('All 60 records that it made were deleted.')).toBeVisible();
  await expectAccessible(page);
});

test('a large file is entered in the background, with progress', async ({ page, signInAs }) => {
  const rows = Array.from({ length: 8000 }, (_, at) => `2026-09-${String(1 + (at % 28)).padStart(2, '0')},Tickets,${String(at + 1)}.00,EUR`);
  await signInAs('analyst', '/import');
  await choose(page, csv('large.csv', ['Date,Category,Amount,Currency', ...rows]), 'Large');
  await page.getByLabel('Which way the money went').selectOption('INCOME');
  await toCheck(page);
  await expect(page.getByText('A file of this size is entered in the background.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Sums of the new records' })).toBeVisible();
  await expect(page.getByText('Income 32,004,000.00')).toBeVisible();
  await page.getByRole('button', { name: 'Enter 8,000 records' }).click();
  await expect(page.getByRole('progressbar', { name: 'The records are being entered' })).toBeVisible();
  await expect(page.getByRole('heading', { name: '8,000 records were entered' })).toBeVisible({ timeout: 40_000 });
});

test('a file that is empty, no table, or of no day is told in sentences', async ({ page, signInAs }) => {
  await signInAs('analyst', '/import');
  await page.getByLabel('Choose a file').setInputFiles({ name: 'empty.csv', mimeType: 'text/csv', buffer: Buffer.alloc(0) });
  await expect(page.getByRole('alert')).toHaveText('This file is empty.');
  await expectAccessible(page);

  await page.getByLabel('Choose a file').setInputFiles({ name: 'picture.csv', mimeType: 'text/csv', buffer: Buffer.from([0, 1, 2, 255, 0, 0]) });
  await expect(page.getByText('No format can be suggested for this file.')).toBeVisible();
  await expectAccessible(page);

  await page.getByLabel('Choose another file').setInputFiles(csv('no-dates.csv', ['Supplier,Category,Amount', 'One,Food,1.50', 'Two,Food,2.50']));
  await page.getByRole('button', { name: 'Read the file' }).click();
  await expect(page.getByLabel('Column of the date')).toHaveAccessibleDescription(/Say which column has the date/);
  await expectAccessible(page);
  await page.getByLabel('Day of every row').fill('2026-11-01');
  await page.getByRole('button', { name: 'Read the file' }).click();
  await expect(page.getByRole('region', { name: 'What they become' })).toContainText('1 Nov 2026');
});

test.describe('a file in another encoding further on', () => {
  test.use({ allowed: /status of 400/ });
  test('is refused with the line, and read when that is changed', async ({ page, signInAs }) => {
    const filler = Array.from({ length: 3000 }, (_, at) => `2026-08-01,Food,-${String(at + 1)}.00,EUR,plain text`);
    const file = csv('late.csv', ['Date,Category,Amount,Currency,Text', ...filler, '2026-08-02,Food,-1.00,EUR,M\u00fcller'], 'latin1');
    await signInAs('analyst', '/import');
    await page.getByLabel('Choose a file').setInputFiles(file);
    await page.getByLabel('Account or source').fill('Late');
    await page.getByRole('button', { name: 'Read the file' }).click();
    await expect(page.getByRole('alert')).toContainText(/Line 3002.*This is not UTF-8/);
    await expectAccessible(page);
    await page.getByLabel('Encoding').selectOption('WINDOWS_1252');
    await page.getByRole('button', { name: 'Send it again' }).click();
    await expect(page.getByRole('heading', { name: 'What they become' })).toBeVisible();
  });
});

/** A file that takes some seconds to send at `slow`. */
const SENT_SLOWLY = csv('slow.csv', [
  'Date,Category,Amount,Currency,Text',
  ...Array.from({ length: 4000 }, (_, at) => `2026-07-${String(1 + (at % 28)).padStart(2, '0')},Food,-${String(at + 1)}.00,EUR,${'a long text '.repeat(6)}`),
]);

async function slow(page: Page, bytesPerSecond: number) {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Network.enable');
  await devTools.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond });
}

test('sending a file shows how far it is, and is stopped and begun again', async ({ page, signInAs }) => {
  await signInAs('analyst', '/import');
  await page.getByLabel('Choose a file').setInputFiles(SENT_SLOWLY);
  await page.getByLabel('Account or source').fill('Slow');
  await expect(page.getByRole('region', { name: 'First rows of the file' })).toBeVisible();
  await slow(page, 40_000);
  await page.getByRole('button', { name: 'Read the file' }).click();
  const progress = page.getByRole('progressbar', { name: 'Sending the file' });
  const sent = () => progress.evaluate((element: HTMLProgressElement) => element.value);
  await expect.poll(sent).toBeGreaterThan(0);
  expect(await sent()).toBeLessThan(SENT_SLOWLY.buffer.length);
  await expect(page.getByText(/^[\d.]+ kB of [\d.]+ kB$/)).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Stop sending' }).click();
  await expect(page.getByText('The file of this import has not arrived.')).toBeVisible();
  await expect(progress).toHaveCount(0);
  await expectAccessible(page);

  // After a reload too: the file is chosen again, and sent at once.
  await page.reload();
  await slow(page, 40_000);
  await page.getByLabel('Choose the file again').setInputFiles(SENT_SLOWLY);
  await expect.poll(sent).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Stop sending' }).click();
  await slow(page, -1);
  await page.getByRole('button', { name: 'Send it again' }).click();
  await expect(page.getByRole('region', { name: 'What they become' })).toContainText('Food', { timeout: 30_000 });
});

test.describe('while the server is away', () => {
  test.use({ allowed: /Failed to load resource|WebSocket connection/ });

  test('the file is sent again by itself when it is back', async ({ page, server, signInAs }) => {
    await signInAs('analyst', '/import');
    await page.getByLabel('Choose a file').setInputFiles(csv('away.csv', GIRO));
    await page.getByLabel('Account or source').fill('Away');
    let isFirst = true;
    await page.route('**/imports/*/file', async (route) => {
      if (isFirst) await server.stop();
      isFirst = false;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Read the file' }).click();
    await expect(page.getByRole('alert')).toContainText('The file could not be sent.');
    await expect(page.getByText('The file of this import has not arrived.')).toBeVisible();
    await expect(page.getByText(/What you see may be out of date/)).toBeVisible();
    await expectAccessible(page);
    await server.start();
    await expect(page.getByRole('region', { name: 'What they become' })).toContainText('Deutsche Bahn', { timeout: 30_000 });
  });

  test('an answer that got lost is looked for', async ({ page, signInAs }) => {
    await signInAs('analyst', '/import');
    await page.getByLabel('Choose a file').setInputFiles(csv('lost.csv', GIRO));
    await page.getByLabel('Account or source').fill('Lost');
    await page.route('**/imports/*/file', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByRole('button', { name: 'Read the file' }).click();
    await expect(page.getByRole('region', { name: 'What they become' })).toContainText('Deutsche Bahn');
  });
});

test('a format is saved, reads the next file, and is deleted', async ({ page, signInAs }) => {
  await signInAs('analyst', '/import');
  await choose(page, csv('first.csv', GIRO), 'Saved');
  await page.getByLabel('Category of rows without one').fill('Bank');
  await page.getByRole('button', { name: 'Save this format…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name of the format').fill(' ');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByLabel('Name of the format')).toHaveAccessibleDescription(/must not be empty/);
  await dialog.getByLabel('Name of the format').fill('Giro format');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The format was saved as “Giro format”.')).toBeVisible();

  await page.getByRole('link', { name: 'All imports' }).click();
  await page.getByLabel('Choose a file').setInputFiles(csv('second.csv', GIRO));
  await page.getByLabel('How it is read').selectOption('Saved format: Giro format');
  await page.getByRole('button', { name: 'Read the file' }).click();
  await expect(page.getByRole('region', { name: 'What they become' })).toContainText('Bank');
  await expect(page.getByText('Please check: the file does not say')).toHaveCount(0);

  await page.getByRole('link', { name: 'All imports' }).click();
  await page.getByRole('button', { name: 'Delete the format Giro format' }).click();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('The format “Giro format” was deleted.')).toBeVisible();
});

test('after a reload the import goes on, and the file can be chosen again for its columns', async ({ page, signInAs }) => {
  await signInAs('analyst', '/import');
  await choose(page, csv('again.csv', GIRO), 'Again');
  await page.reload();
  await expect(page.getByRole('columnheader', { name: /Verwendungszweck/ })).toBeVisible();
  await expect(page.getByLabel('Column of the amount')).toHaveValue('Betrag');
  await expect(page.getByText('The file is not open here any more.')).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Choose the file again').setInputFiles(csv('again.csv', GIRO));
  await expect(page.getByText('The file is not open here any more.')).toHaveCount(0);
  await expect(page.getByRole('columnheader', { name: /Verwendungszweck/ })).toBeVisible();
});

test('an import that is not there is told', async ({ page, signInAs }) => {
  await signInAs('analyst', '/import/import_01m8kwf36fe0c9fb6fswby5m7w');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This import does not exist');
  await expectAccessible(page);
});

test('a file is dropped', async ({ page, signInAs }) => {
  await signInAs('analyst', '/import');
  const data = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'dropped.csv', { type: 'text/csv' }));
    return transfer;
  }, GIRO.join('\n'));
  await page.getByText('Drop a CSV file here').dispatchEvent('drop', { dataTransfer: data });
  await expect(page.getByText(/^dropped\.csv,/)).toBeVisible();
});
