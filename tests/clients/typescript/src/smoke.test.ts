// A client's working day against a running server. It enters a few records, told apart by the marker in their notes.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { Refused, Tallybook } from './client.js';
import { messagesByField } from './form.js';
import type { CreateRecordInput, RecordFilter, RecordOrder, RecordPageQueryVariables } from './generated/graphql.js';
import { sum } from './money.js';
import { CreateRecord, DashboardFigures, Me, OneRecord, RecordPage } from './operations.js';
import { currencyCode, date, decimal } from './scalars.js';
import { environment } from './settings.js';

const { url, credentials } = environment();
const marker = randomUUID();
let tallybook: Tallybook;

function lunch(changes: Partial<CreateRecordInput> = {}): CreateRecordInput {
  return {
    kind: 'EXPENSE',
    amount: decimal('12.30'),
    currency: currencyCode('EUR'),
    category: 'Travel',
    date: date('2026-02-28'),
    notes: `Lunch on the train, ${marker}`,
    ...changes,
  };
}

async function create(input: CreateRecordInput) {
  const { createRecord } = await tallybook.run(CreateRecord, { input });
  assert(createRecord);
  return createRecord;
}

async function page(variables: RecordPageQueryVariables) {
  const { records } = await tallybook.run(RecordPage, variables);
  assert(records);
  return records;
}

async function walkForward(filter: RecordFilter, orderBy: RecordOrder, first: number): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (;;) {
    const { edges, pageInfo } = await page({ filter, orderBy, first, after });
    assert(edges.length <= first);
    assert.equal(pageInfo.startCursor, edges[0]?.cursor ?? null);
    assert.equal(pageInfo.endCursor, edges.at(-1)?.cursor ?? null);
    assert.equal(pageInfo.hasPreviousPage, ids.length > 0);
    ids.push(...edges.map(({ node }) => node.id));
    if (!pageInfo.hasNextPage) return ids;
    after = pageInfo.endCursor;
  }
}

async function walkBackward(filter: RecordFilter, orderBy: RecordOrder, last: number): Promise<string[]> {
  const ids: string[] = [];
  let before: string | null = null;
  for (;;) {
    const { edges, pageInfo } = await page({ filter, orderBy, last, before });
    assert(edges.length <= last);
    assert.equal(pageInfo.hasNextPage, ids.length > 0);
    ids.unshift(...edges.map(({ node }) => node.id));
    if (!pageInfo.hasPreviousPage) return ids;
    before = pageInfo.startCursor;
  }
}

before(async () => {
  tallybook = await Tallybook.signIn(url, credentials);
});

test('the account is the one that signed in', async () => {
  const { me } = await tallybook.run(Me, {});
  assert.equal(me?.email, credentials.email);
  assert.equal(me?.role, 'ANALYST');
});

test('a wrong password is refused with a code', async () => {
  await assert.rejects(
    Tallybook.signIn(url, { email: `nobody-${marker}@example.com`, password: 'not the password' }),
    (error) => error instanceof Refused && error.code === 'INVALID_CREDENTIALS',
  );
});

test('a renewed session goes on', async () => {
  await Promise.all([tallybook.renew(), tallybook.renew()]);
  await tallybook.renew();
  const { me } = await tallybook.run(Me, {});
  assert.equal(me?.email, credentials.email);
});

test('a record is read back as it was entered, and is not entered twice', async () => {
  const input = lunch({ amount: decimal('90000000000.01'), idempotencyKey: randomUUID() });
  const { record, replayed } = await create(input);
  assert.equal(replayed, false);
  assert.deepEqual(record.amount, { amount: '90000000000.01', currency: 'EUR', minorUnits: '9000000000001' });

  const again = await create(input);
  assert.equal(again.replayed, true);
  assert.equal(again.record.id, record.id);

  const { record: found } = await tallybook.run(OneRecord, { id: record.id });
  assert.equal(found?.date, input.date);
  assert.equal(found?.notes, input.notes);
  assert.equal(found?.amount?.amount, input.amount);
});

test('an amount finer than a cent is refused, naming the field', async () => {
  await assert.rejects(
    create(lunch({ amount: decimal('10.005') })),
    (error) => error instanceof Refused && error.code === 'BAD_USER_INPUT' && error.field === 'input.amount',
  );
});

test('a form is told all of its problems at once', async () => {
  const refused = await create(lunch({ amount: decimal('10.005'), category: ' ' })).catch((error: unknown) => error);
  assert(refused instanceof Refused);
  assert.deepEqual([...messagesByField(refused.errors).keys()], ['amount', 'category']);
});

test('a list is paged through both ways without a gap or a repetition, among equal days and amounts too', async () => {
  const search = `paged ${marker}`;
  const amounts = ['1.00', '2.00', '2.00', '2.00', '3.50'];
  const entered = new Set<string>();
  for (const [index, amount] of [...amounts, ...amounts, ...amounts].entries()) {
    const day = date(`2026-01-${String(10 + (index % 3)).padStart(2, '0')}`);
    const { record } = await create(lunch({ amount: decimal(amount), date: day, notes: search }));
    entered.add(record.id);
  }
  for (const field of ['DATE', 'AMOUNT', 'CREATED_AT'] as const) {
    for (const direction of ['ASC', 'DESC'] as const) {
      const forward = await walkForward({ search }, { field, direction }, 4);
      assert.equal(forward.length, entered.size);
      assert.deepEqual(new Set(forward), entered);
      assert.deepEqual(await walkBackward({ search }, { field, direction }, 4), forward);
    }
  }
});

test('all the books can be paged through', async () => {
  const orderBy = { field: 'DATE', direction: 'DESC' } as const;
  const ids = await walkForward({}, orderBy, 100);
  const { totalCount } = await page({ filter: {}, orderBy, first: 1 });
  assert.equal(ids.length, totalCount);
  assert.equal(new Set(ids).size, totalCount);
});

test('categories and trends of the dashboard add up to its summary', async () => {
  const { dashboard } = await tallybook.run(DashboardFigures, { filter: null, interval: 'MONTH' });
  assert(dashboard);
  const { summary, categories, trends, recent } = dashboard;
  assert(categories && trends);
  const income = BigInt(summary.income.minorUnits);
  const expenses = BigInt(summary.expenses.minorUnits);
  assert(summary.recordCount > 0);
  assert.equal(recent?.length, 5);
  assert.equal(BigInt(summary.net.minorUnits), income - expenses);
  for (const parts of [categories, trends]) {
    assert.equal(sum(parts.map((part) => BigInt(part.income.minorUnits))), income);
    assert.equal(sum(parts.map((part) => BigInt(part.expenses.minorUnits))), expenses);
    assert.equal(parts.reduce((count, part) => count + part.recordCount, 0), summary.recordCount);
  }
});
