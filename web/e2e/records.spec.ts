import type { Page } from '@playwright/test';
import { asSomebody, expect, expectAccessible, type Server, test } from './test.js';

type Entered = { id: string; version: number };

/** Enters a record past the browser. */
async function enter(server: Server, input: object = {}): Promise<Entered> {
  const analyst = await asSomebody(server, 'analyst');
  const { createRecord } = await analyst('mutation($input: CreateRecordInput!) { createRecord(input: $input) { record { id version } } }', {
    input: { amount: '12.50', category: 'Travel', date: '2026-11-20', kind: 'EXPENSE', ...input },
  }) as { createRecord: { record: Entered } };
  return createRecord.record;
}

async function change(server: Server, input: { id: string } & Record<string, unknown>): Promise<void> {
  const admin = await asSomebody(server, 'admin');
  await admin('mutation($input: UpdateRecordInput!) { updateRecord(input: $input) { record { id } } }', { input });
}

const rows = (page: Page) => page.locator('[role=row][data-index]');
const row = (page: Page, words: string) => rows(page).filter({ hasText: words });
const panel = (page: Page) => page.getByRole('complementary');
const list = (page: Page) => page.getByRole('grid', { name: 'Records' });

/** Only the records of one test. */
const only = (words: string) => `/records?search=${encodeURIComponent(words)}`;

test('every filter is a chip and in the address, and a link shows the same list', async ({ page, server, signInAs }) => {
  await enter(server, { counterparty: 'Chips GmbH', notes: 'chipped', amount: '-7.00' });
  await signInAs('viewer', '/records');
  await expect(rows(page).first()).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('searchbox').fill('chipped');
  await expect(page).toHaveURL(/search=chipped/);
  await expect(rows(page)).toHaveCount(1);
  await expect(row(page, 'Chips GmbH')).toContainText('refund');
  await expect(row(page, 'Chips GmbH')).toContainText('+7.00');
  await expect(page.getByRole('region', { name: 'Sums of the list' })).toContainText('1 record');

  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Filter' });
  await expectAccessible(page);
  await dialog.getByLabel('Kind').selectOption('Expenses');
  await dialog.getByLabel('Categories').fill('Travel');
  await dialog.getByLabel('Categories').press('Enter');
  await dialog.getByLabel('At least').fill('ten');
  await dialog.getByRole('button', { name: 'Show records' }).click();
  await expect(dialog.getByLabel('At least')).toHaveAccessibleDescription('This is not an amount.');
  await dialog.getByLabel('At least').fill('-10');
  await dialog.getByLabel('From').first().fill('2026-11-01');
  await dialog.getByRole('button', { name: 'Show records' }).click();
  await expect(page).toHaveURL(/search=chipped&kind=EXPENSE&category=Travel&from=2026-11-01&minAmount=-10/);
  await expect(rows(page)).toHaveCount(1);

  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(other.getByRole('list', { name: 'Filters' }).getByRole('listitem')).toHaveText(['Expenses×', 'From 1 Nov 2026×', 'Travel×', /At least −10/]);
  await expect(rows(other)).toHaveCount(1);
  await other.close();

  await page.getByRole('button', { name: 'Remove filter: Travel' }).click();
  await expect(page).not.toHaveURL(/category/);
  await page.goto('/records?minAmount=lots');
  await expect(page.getByRole('alert')).toBeVisible();
  await page.goto(only('nothing has these words'));
  await expect(page.getByText('No record matches these filters.')).toBeVisible();
  await expectAccessible(page);
});

test('a header sorts, and the address says so', async ({ page, signInAs }) => {
  await signInAs('viewer', '/records');
  await page.getByRole('columnheader', { name: /Amount/ }).getByRole('button').click();
  await expect(page).toHaveURL(/sort=-amount/);
  await expect(page.getByRole('columnheader', { name: /Amount/ })).toHaveAttribute('aria-sort', 'descending');
  await page.getByRole('columnheader', { name: /Amount/ }).getByRole('button').click();
  await expect(page).toHaveURL(/sort=amount/);
});

test('a record is entered, with every problem at its field', async ({ page, signInAs }) => {
  await signInAs('analyst', only('entered here'));
  await page.keyboard.press('n');
  await expect(page).toHaveURL(/new/);
  const form = panel(page);
  await expect(form.getByLabel('Amount')).toBeFocused();
  await expectAccessible(page);

  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(form.getByLabel('Amount')).toHaveAccessibleDescription(/Enter an amount\./);
  await expect(form.getByLabel('Category')).toHaveAccessibleDescription(/Enter a category\./);
  await expect(form.getByLabel('Amount')).toBeFocused();
  await expectAccessible(page);

  await form.getByLabel('Amount').fill('12.505');
  await form.getByLabel('Category').fill('Travel');
  await expect(form.getByLabel('Amount')).toHaveAccessibleDescription(/USD has 2 decimal places\./);
  await form.getByLabel('Amount').fill('-1,234.5');
  await expect(form.getByText('Below zero: a refund. It lowers the expenses.')).toBeVisible();
  await form.getByLabel('Notes').fill('entered here');
  await form.getByLabel('Date').fill('0001-01-01');
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  // The server's own bounds.
  await expect(form.getByLabel('Date')).toHaveAttribute('aria-invalid', 'true');
  await form.getByLabel('Date').fill('2026-11-19');
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(form).toBeHidden();
  await expect(page.getByText('The record was entered.')).toBeVisible();
  await expect(row(page, 'entered here')).toContainText('refund +1,234.50');
  await expect(page.getByRole('region', { name: 'Sums of the list' })).toContainText('1 record');
});

test('a change is shown at once, and its history in sentences', async ({ page, server, signInAs }) => {
  const { id } = await enter(server, { notes: 'to be changed' });
  await signInAs('analyst', `${only('to be changed')}&record=${id}`);
  const form = panel(page);
  await expect(form.getByLabel('Amount')).toHaveValue('12.50');
  await form.getByLabel('Amount').fill('13');

  let answer = () => {};
  const held = new Promise<void>((resolve) => { answer = resolve; });
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('UpdateRecord')) await held;
    await route.continue();
  });
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(row(page, 'to be changed')).toContainText('−13');
  await expect(form).toBeVisible();
  answer();
  await expect(form).toBeHidden();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.unroute('**/graphql');

  await row(page, 'to be changed').click();
  await form.getByText('History').click();
  await expect(form.getByText(/Ana Morales changed the amount from 12.50 to 13.00, .*(second|now)/)).toBeVisible();
  await expect(form.getByText(/Ana Morales entered it with 12.50 USD/)).toBeVisible();
  await expectAccessible(page);
});

for (const choice of ['Keep mine', 'Take theirs'] as const) {
  test(`somebody else's change meanwhile: ${choice}`, async ({ page, server, signInAs }) => {
    const words = `both of us ${choice}`;
    const { id } = await enter(server, { notes: words });
    await signInAs('analyst', `${only(words)}&record=${id}`);
    const form = panel(page);
    await form.getByLabel('Amount').fill('381.60');
    await change(server, { id, amount: '318.60', counterparty: 'Hotel Adler' });

    // It is said, and what is being typed stays.
    const conflict = form.getByRole('alert');
    await expect(conflict).toContainText('Adam Okafor changed this record');
    await expect(conflict).toContainText('theirs 318.60 · yours 381.60');
    await expect(form.getByLabel('Amount')).toHaveValue('381.60');
    await expectAccessible(page);

    await conflict.getByRole('button', { name: choice }).click();
    await expect(form.getByLabel('Amount')).toHaveValue(choice === 'Keep mine' ? '381.60' : '318.60');
    await expect(form.getByLabel('Counterparty')).toHaveValue('Hotel Adler');
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(form).toBeHidden();
    await expect(row(page, words)).toContainText(choice === 'Keep mine' ? '−381.60' : '−318.60');
  });
}

test('a refused version is a choice too, where no news came before', async ({ page, server, signInAs }) => {
  // Without a socket, only the answer says it.
  await page.routeWebSocket(/graphql/, () => {});
  const { id } = await enter(server, { notes: 'silently changed' });
  await signInAs('analyst', `${only('silently changed')}&record=${id}`);
  const form = panel(page);
  await form.getByLabel('Amount').fill('5');
  await change(server, { id, amount: '6' });
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(form.getByRole('alert')).toContainText('theirs 6.00 · yours 5');
  await form.getByRole('button', { name: 'Keep mine' }).click();
  await expect(form).toBeHidden();
  await expect(row(page, 'silently changed')).toContainText('−5.00');
});

test('what changes elsewhere is shown without a reload', async ({ page, server, signInAs }) => {
  const { id } = await enter(server, { notes: 'live one' });
  await signInAs('viewer', only('live'));
  await expect(rows(page)).toHaveCount(1);
  await page.waitForTimeout(500);
  await enter(server, { notes: 'live two', date: '2026-11-21' });
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).first()).toContainText('live two');
  await expect(page.getByRole('region', { name: 'Sums of the list' })).toContainText('2 records');
  await change(server, { id, notes: 'of no interest' });
  await expect(rows(page)).toHaveCount(1);
});

test('changes that were not saved are asked about', async ({ page, server, signInAs }) => {
  const { id } = await enter(server, { notes: 'half done' });
  await signInAs('analyst', `${only('half done')}&record=${id}`);
  const form = panel(page);
  await form.getByLabel('Counterparty').fill('Half');
  await page.keyboard.press('Escape');
  const question = page.getByRole('dialog', { name: 'Discard your changes?' });
  await expect(question).toBeVisible();
  await expectAccessible(page);
  await question.getByRole('button', { name: 'Keep editing' }).click();
  await expect(form.getByLabel('Counterparty')).toHaveValue('Half');
  // A filter does not close the form, so nothing is asked.
  await page.getByRole('searchbox').fill('half');
  await expect(page).toHaveURL(/search=half&/);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Categories' }).click();
  await question.getByRole('button', { name: 'Discard' }).click();
  await expect(page).toHaveURL(/\/categories/);
});

test('an admin deletes, takes it back, and restores from the trash', async ({ page, server, signInAs }) => {
  const { id } = await enter(server, { notes: 'deleted once' });
  await signInAs('admin', `${only('deleted once')}&record=${id}`);
  await panel(page).getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No record matches these filters.')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row(page, 'deleted once')).toBeVisible();

  await row(page, 'deleted once').click();
  await panel(page).getByRole('button', { name: 'Delete' }).click();
  await expect(rows(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Trash' }).click();
  await expect(page).toHaveURL(/deleted=ONLY/);
  await row(page, 'deleted once').click();
  await expect(panel(page).getByText(/Deleted by Adam Okafor/)).toBeVisible();
  await expectAccessible(page);
  await panel(page).getByRole('button', { name: 'Restore' }).click();
  await expect(rows(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Back to the records' }).click();
  await expect(row(page, 'deleted once')).toBeVisible();
});

test('many at once, with the count confirmed', async ({ page, server, signInAs }) => {
  for (const number of [1, 2, 3, 4]) await enter(server, { notes: `many ${String(number)}`, date: `2026-11-0${String(number)}` });
  await signInAs('admin', only('many'));
  await expect(rows(page)).toHaveCount(4);
  await row(page, 'many 4').getByRole('checkbox').check();
  await row(page, 'many 2').getByRole('checkbox').click({ modifiers: ['Shift'] });
  const bar = page.getByRole('region', { name: 'Selected records' });
  await expect(bar).toContainText('3 selected');
  await expectAccessible(page);

  await bar.getByRole('button', { name: 'Change category…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change the category of these 3 records' });
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Change 3 records' }).click();
  await expect(dialog.getByLabel('New category')).toHaveAccessibleDescription(/Enter a category/);
  await dialog.getByLabel('New category').fill('Outings');
  await dialog.getByRole('button', { name: 'Change 3 records' }).click();
  await expect(page.getByText('3 records moved to Outings.')).toBeVisible();
  await expect(row(page, 'Outings')).toHaveCount(3);
  await expect(bar).toBeHidden();

  // All that match: one more comes while the question stands.
  await page.getByLabel('Select all records that match').check();
  await bar.getByRole('button', { name: 'Delete…' }).click();
  await expect(page.getByRole('dialog', { name: 'Delete these 4 records?' })).toBeVisible();
  await enter(server, { notes: 'many 5' });
  await page.getByRole('button', { name: 'Delete 4 records' }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('5 records match now');
  await page.getByRole('button', { name: 'Delete 5 records' }).click();
  await expect(page.getByText('5 records deleted.')).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect(rows(page)).toHaveCount(5);
});

test('another category for many is taken back, but for what somebody changed since', async ({ page, server, signInAs }) => {
  const [first] = [await enter(server, { notes: 'back 1' }), await enter(server, { notes: 'back 2' }), await enter(server, { notes: 'back 3', category: 'Rent' })];
  await signInAs('analyst', only('back'));
  await expect(rows(page)).toHaveCount(3);
  await page.getByLabel('Select all records that match').check();
  await page.getByRole('button', { name: 'Change category…' }).click();
  await page.getByLabel('New category').fill('Outings');
  await page.getByRole('button', { name: 'Change 3 records' }).click();
  await expect(page.getByText('3 records moved to Outings.')).toBeVisible();
  await expect(row(page, 'Outings')).toHaveCount(3);
  await change(server, { id: first.id, category: 'Postage' });
  await expect(row(page, 'Postage')).toHaveCount(1);

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('2 records put back. 1 record was changed by somebody since, and left alone.')).toBeVisible();
  await expect(row(page, 'back 1')).toContainText('Postage');
  await expect(row(page, 'back 2')).toContainText('Travel');
  await expect(row(page, 'back 3')).toContainText('Rent');
});

test('more than the API takes at once, with progress and a way to stop', async ({ page, server, signInAs }) => {
  const admin = await asSomebody(server, 'admin');
  const createMany = (count: number) => admin('mutation($input: CreateRecordsInput!) { createRecords(input: $input) { createdCount } }', {
    input: {
      records: Array.from({ length: count }, (_, at) => (
        { amount: `${String(at + 1)}.00`, category: at % 2 ? 'Travel' : 'Rent', date: '2026-03-10', kind: 'EXPENSE', notes: 'very many' }
      )),
    },
  });
  for (const count of [500, 500, 150]) await createMany(count);
  await signInAs('admin', only('very many'));
  await expect(page.getByRole('region', { name: 'Sums of the list' })).toContainText('1,150 records');

  // The second batch waits until somebody has stopped it.
  let batches = 0;
  let goOn = () => {};
  const held = new Promise<void>((resolve) => { goOn = resolve; });
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('mutation UpdateRecords')) batches += 1;
    if (batches === 2) await held;
    await route.continue();
  });
  await page.getByLabel('Select all records that match').check();
  await page.getByRole('button', { name: 'Change category…' }).click();
  await page.getByLabel('New category').fill('Outings');
  await page.getByRole('button', { name: 'Change 1,150 records' }).click();
  const progress = page.getByRole('progressbar', { name: 'Change the category of these 1,150 records' });
  await expect(progress).toHaveJSProperty('value', 500, { timeout: 30_000 });
  await expect(page.getByText('500 of 1,150')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Stop' }).click();
  goOn();
  await expect(page.getByText('Stopped. 1,000 records moved to Outings. 150 are as before.')).toBeVisible({ timeout: 30_000 });
  expect(batches).toBe(2);
  await page.unroute('**/graphql');
  const count = async (category: string) => (
    await admin(`{ records(first: 0, filter: { search: "very many", categories: ["${category}"] }) { totalCount } }`) as { records: { totalCount: number } }
  ).records.totalCount;
  expect(await count('Outings')).toBe(1000);

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('1,000 records put back.')).toBeVisible({ timeout: 30_000 });
  expect([await count('Rent'), await count('Travel')]).toEqual([575, 575]);

  await page.getByLabel('Select all records that match').check();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Delete 1,150 records' }).click();
  await expect(page.getByText('1,150 records deleted.')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('1,150 records restored.')).toBeVisible({ timeout: 30_000 });
});

test('the keyboard is enough', async ({ page, server, signInAs }) => {
  for (const number of [1, 2, 3]) await enter(server, { notes: `keys ${String(number)}`, date: `2026-11-0${String(number)}` });
  await signInAs('analyst', '/records');
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('keys');
  await expect(rows(page)).toHaveCount(3);
  await row(page, 'keys 3').focus();
  await page.keyboard.press('ArrowDown');
  await expect(row(page, 'keys 2')).toBeFocused();
  await page.keyboard.press('x');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+X');
  await expect(page.getByRole('region', { name: 'Selected records' })).toContainText('2 selected');
  await page.keyboard.press('Enter');
  await expect(panel(page).getByLabel('Notes')).toHaveValue('keys 1');
  await page.keyboard.press('Escape');
  await expect(panel(page)).toBeHidden();
  await expect(row(page, 'keys 1')).toBeFocused();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
});

for (const [name, ending, begins] of [['CSV', '.csv', 'id,date,kind'], ['JSON Lines', '.jsonl', '{'], ['Excel (XLSX)', '.xlsx', 'PK']] as const) {
  test(`what is filtered is exported as ${name}`, async ({ page, server, signInAs }) => {
    await enter(server, { notes: `taken out ${name}` });
    await signInAs('viewer', only(`taken out ${name}`));
    await expect(rows(page)).toHaveCount(1);
    await page.getByRole('button', { name: 'Export' }).click();
    await expectAccessible(page);
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name, exact: true }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toContain(ending);
    const content = (await (await download.createReadStream()).toArray()).join('');
    expect(content.startsWith(begins)).toBe(true);
    if (ending === '.csv') expect(content.trim().split('\r\n')).toHaveLength(2);
  });
}

test('a viewer is offered nothing that they may not do', async ({ page, server, signInAs }) => {
  const { id } = await enter(server, { notes: 'only to read' });
  await signInAs('viewer', only('only to read'));
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'New record' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Trash' })).toHaveCount(0);
  await expect(list(page).getByRole('checkbox')).toHaveCount(0);
  await page.keyboard.press('n');
  await expect(panel(page)).toHaveCount(0);
  await row(page, 'only to read').click();
  await expect(panel(page).getByText('Travel')).toBeVisible();
  await expect(panel(page).getByRole('textbox')).toHaveCount(0);
  await expect(panel(page).getByRole('button')).toHaveText(['×']);
  await expectAccessible(page);
  // Neither by its address.
  await page.goto(`/records?new`);
  await expect(rows(page).first()).toBeVisible();
  await expect(panel(page)).toHaveCount(0);
  await page.goto('/records?deleted=ONLY');
  await expect(page.getByRole('alert')).toBeVisible();
  expect(id).toBeTruthy();
});

test.describe('with an ended session', () => {
  test.use({ allowed: /status of 401/ });

  test('a half-filled form stays, and is sent after signing in', async ({ page, server, signInAs }) => {
    await signInAs('analyst', '/records?new');
    const form = panel(page);
    await form.getByLabel('Amount').fill('8.25');
    await form.getByLabel('Category').fill('Travel');
    await form.getByLabel('Notes').fill('survives');
    const admin = await asSomebody(server, 'admin');
    const { users } = await admin('{ users(first: 1, filter: { search: "analyst@example.com" }) { nodes { id } } }') as { users: { nodes: [{ id: string }] } };
    await admin('mutation($input: EndSessionsInput!) { endSessions(input: $input) { endedCount } }', { input: { userId: users.nodes[0].id } });
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.getByLabel('Password').fill('tallybook-demo');
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByText('The record was entered.')).toBeVisible();
    await page.goto(only('survives'));
    await expect(rows(page)).toHaveCount(1);
  });
});

test('a closed day is said at the date', async ({ page, server, signInAs }) => {
  const { id } = await enter(server, { notes: 'in closed books', date: '2025-06-01' });
  await signInAs('analyst', '/records?new');
  const form = panel(page);
  await expect(form.getByLabel('Amount')).toBeVisible();
  const admin = await asSomebody(server, 'admin');
  await form.getByLabel('Amount').fill('5');
  await form.getByLabel('Category').fill('Travel');
  await form.getByLabel('Date').fill('2025-06-01');
  // The form does not know of it yet when it is sent.
  await page.routeWebSocket(/graphql/, () => {});
  await admin('mutation { closeBooks(input: { through: "2025-12-31" }) { organization { closedThrough } } }');
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(form.getByLabel('Date')).toHaveAccessibleDescription(/closed/);
  await expect(form.getByLabel('Date')).toBeFocused();
  await expectAccessible(page);

  await page.goto(`/records?record=${id}`);
  await expect(panel(page).getByText('The books are closed through 31 Dec 2025, so this record stays as it is.')).toBeVisible();
  await expect(panel(page).getByRole('textbox')).toHaveCount(0);
  await admin('mutation { reopenBooks(input: { reason: "A test is over." }) { organization { closedThrough } } }');
});
