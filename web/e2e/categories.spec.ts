import { asSomebody, expect, expectAccessible, test } from './test.js';

const record = (category: string) => ({
  input: { kind: 'EXPENSE', amount: '12.50', currency: 'USD', category, date: '2026-11-02', notes: '' },
});
const CREATE = 'mutation($input: CreateRecordInput!) { createRecord(input: $input) { record { id version } } }';

test('the list is searched, and a category leads to its records', async ({ page, signInAs }) => {
  await signInAs('viewer', '/categories');
  const list = page.getByRole('table');
  await expect(list.getByRole('row')).toHaveCount(17);
  await expect(list.getByRole('row', { name: /^Travel/ })).toContainText(/\d+ Nov 2026/);
  await expect(page.getByRole('button', { name: /Rename|Merge|Delete/ })).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Merged categories' })).toHaveCount(0);
  await expectAccessible(page);

  await page.getByRole('searchbox', { name: 'Search categories' }).fill('tra');
  await expect(list.getByRole('row')).toHaveText([/Name/, /Training courses/, /Travel/]);
  await expect(page).toHaveURL(/\?search=tra$/);
  await page.reload();
  await expect(page.getByRole('searchbox')).toHaveValue('tra');
  await page.getByRole('searchbox').fill('nothing like it');
  await expect(page.getByRole('heading', { name: 'No category has “nothing like it” in its name' })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('searchbox').fill('travel');
  await page.getByRole('link', { name: 'Travel' }).click();
  await expect(page).toHaveURL(/\/records\?category=Travel$/);
});

test('what is done elsewhere shows without a reload', async ({ page, server, signInAs }) => {
  const analyst = await asSomebody(server, 'analyst');
  const admin = await asSomebody(server, 'admin');
  await signInAs('admin', '/categories?search=live');
  await expect(page.getByRole('heading', { name: 'No category has “live” in its name' })).toBeVisible();
  await page.evaluate(() => { document.body.dataset['same'] = 'yes'; });
  await analyst(CREATE, record('Live'));
  await expect(page.getByRole('row', { name: /^Live/ })).toContainText('2 Nov 2026');
  await analyst(CREATE, record('Liveries'));
  const list = page.getByRole('table');
  await expect(list.getByRole('row')).toHaveText([/Name/, /^Live1/, /^Liveries1/]);
  const { categories: { nodes } } = await admin('{ categories(first: 9, search: "live") { nodes { id name } } }') as { categories: { nodes: { id: string; name: string }[] } };
  const [live, liveries] = ['Live', 'Liveries'].map((name) => nodes.find((category) => category.name === name)?.id);
  await admin('mutation($input: MergeCategoriesInput!) { mergeCategories(input: $input) { mergedCategoryId } }', { input: { fromId: liveries, intoId: live } });
  await expect(list.getByRole('row')).toHaveText([/Name/, /^Live2/]);
  await expect(page.getByRole('button', { name: 'Undo the merge of Liveries into Live' })).toBeVisible();
  await admin('mutation($input: UnmergeCategoryInput!) { unmergeCategory(input: $input) { category { id } } }', { input: { id: liveries } });
  await expect(page.getByText('No category is merged into another.')).toBeVisible();
  expect(await page.evaluate(() => document.body.dataset['same'])).toBe('yes');
});

test('more categories than fit one page, each once', async ({ page, server, signInAs }) => {
  const analyst = await asSomebody(server, 'analyst');
  const numbers = Array.from({ length: 60 }, (_, at) => String(at + 1).padStart(2, '0'));
  await analyst('mutation($input: CreateRecordsInput!) { createRecords(input: $input) { createdCount } }', {
    input: { records: numbers.map((number) => record(`Room ${number}`).input) },
  });
  await signInAs('viewer', '/categories?search=room');
  const list = page.getByRole('table');
  await list.getByRole('button', { name: 'Show more' }).click();
  await expect(list.getByRole('row')).toHaveCount(61);
  await expectAccessible(page);
  // One more at the top moves the others down, and none falls out where the pages meet.
  await analyst(CREATE, record('Room 00'));
  await expect(list.getByRole('row')).toHaveCount(62);
  await expect(list.getByRole('link')).toHaveText(['00', ...numbers].map((number) => `Room ${number}`));
});

test('on a phone an admin sees all of it too', async ({ page, signInAs }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signInAs('admin', '/categories?search=travel');
  const travel = page.getByRole('row', { name: /^Travel/ });
  await expect(travel.getByText(/^last used \d+ \w+ 20\d\d$/)).toBeInViewport({ ratio: 1 });
  await expect(travel.getByRole('button', { name: 'Merge Travel into another category' })).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await expectAccessible(page);
});

test('a category gets another name; one that is taken leads to merging', async ({ page, server, signInAs }) => {
  const send = await asSomebody(server, 'analyst');
  await send(CREATE, record('Canteen'));
  await signInAs('admin', '/categories?search=canteen');

  await page.getByRole('button', { name: 'Rename Canteen' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('New name')).toBeFocused();
  await dialog.getByLabel('New name').fill(' ');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(dialog.getByLabel('New name')).toHaveAccessibleDescription(/must not be empty/);
  await dialog.getByLabel('New name').fill('travel');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(dialog.getByLabel('New name')).toHaveAccessibleDescription('Another category has this name.');
  await expectAccessible(page);

  await dialog.getByRole('button', { name: 'Merge the two instead…' }).click();
  await expect(page.getByRole('dialog', { name: 'Merge “Canteen” into another category' })).toBeVisible();
  await expect(dialog.getByRole('radio', { name: /^Travel/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  await page.getByRole('button', { name: 'Rename Canteen' }).click();
  await dialog.getByLabel('New name').fill('Canteen and kitchen');
  await dialog.getByLabel('New name').press('Enter');
  await expect(page.getByText('“Canteen” is called “Canteen and kitchen” now.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Canteen and kitchen' })).toBeVisible();
});

test('two categories are merged, which says what it does and can be undone', async ({ page, server, signInAs }) => {
  const send = await asSomebody(server, 'analyst');
  await send(CREATE, record('Post'));
  await send(CREATE, record('Postage'));
  await signInAs('admin', '/categories?search=post');
  const list = page.getByRole('table');
  await expect(list.getByRole('row')).toHaveText([/Name/, /Post1/, /Postage1/]);

  await page.getByRole('button', { name: 'Merge Postage into another category' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Merge', exact: true })).toBeDisabled();
  await dialog.getByLabel('Into which category?').fill('post');
  await dialog.getByRole('radio', { name: /^Post/ }).check();
  await expect(dialog).toContainText('1 record of “Postage”, and deleted ones, will be shown in “Post”.');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();

  await expect(page.getByText('“Postage” was merged into “Post”.')).toBeVisible();
  await expect(list.getByRole('row')).toHaveText([/Name/, /Post2/]);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Undo the merge of Postage into Post' }).click();
  await expect(page.getByText('“Postage” is a category of its own again.')).toBeVisible();
  await expect(list.getByRole('row')).toHaveText([/Name/, /Post1/, /Postage1/]);
  await expect(page.getByText('No category is merged into another.')).toBeVisible();
});

test('a merge that cannot be undone says why', async ({ page, server, signInAs }) => {
  const send = await asSomebody(server, 'analyst');
  const admin = await asSomebody(server, 'admin');
  await send(CREATE, record('Parking'));
  await send(CREATE, record('Car park'));
  const { categories: { nodes } } = await admin('{ categories(first: 100) { nodes { id name } } }') as { categories: { nodes: { id: string; name: string }[] } };
  const idOf = (name: string) => nodes.find((category) => category.name === name)?.id;
  await admin('mutation($input: MergeCategoriesInput!) { mergeCategories(input: $input) { mergedCategoryId } }', { input: { fromId: idOf('Parking'), intoId: idOf('Car park') } });
  await admin('mutation($input: RenameCategoryInput!) { renameCategory(input: $input) { category { id } } }', { input: { id: idOf('Car park'), name: 'Parking' } });
  await signInAs('admin', '/categories');
  await page.getByRole('button', { name: 'Undo the merge of Parking into Parking' }).click();
  await expect(page.getByText('Another category has taken this category\'s name. Rename one of the two first.')).toBeVisible();
});

test('only a category that nothing needs is deleted', async ({ page, server, signInAs }) => {
  const send = await asSomebody(server, 'analyst');
  const admin = await asSomebody(server, 'admin');
  const made = await send(CREATE, record('Temporary')) as { createRecord: { record: { id: string; version: number } } };
  const { id } = made.createRecord.record;
  await signInAs('admin', '/categories?search=tempo');
  await expect(page.getByRole('button', { name: 'Merge Temporary into another category' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Delete Temporary' })).toHaveCount(0);

  await admin('mutation($input: DeleteRecordInput!) { deleteRecord(input: $input) { record { id } } }', { input: { id } });
  await page.reload();
  await page.getByRole('button', { name: 'Delete Temporary' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('Merge it into another category instead.');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  // The record goes elsewhere, so that nothing needs the category.
  await admin('mutation($input: RestoreRecordInput!) { restoreRecord(input: $input) { record { id } } }', { input: { id } });
  await admin('mutation($input: UpdateRecordInput!) { updateRecord(input: $input) { record { id } } }', { input: { id, category: 'Travel' } });
  await page.reload();
  await page.getByRole('button', { name: 'Delete Temporary' }).click();
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText('“Temporary” was deleted.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Temporary' })).toHaveCount(0);
});
