// Enters a month of a city's payments, and then compares the dashboard with the file to the penny.
//
//   TALLYBOOK_URL=… TALLYBOOK_EMAIL=… TALLYBOOK_PASSWORD=… npm run import-leeds -- ../../../../shared/data/leeds-2020-06.csv
//
// Each payment has its Transaction Number as idempotency key: a run that was cut short is simply run again, and
// what is there already is not entered twice. The books must hold no other GBP records of the same days.

import { Tallybook } from './client.js';
import { type Payment, readPayments } from './leeds.js';
import { Tallies, inWords, sum } from './money.js';
import { CreateRecord, DashboardFigures } from './operations.js';
import { Progress } from './progress.js';
import { currencyCode } from './scalars.js';
import { environment } from './settings.js';

const AT_A_TIME = 16;
const GBP = currencyCode('GBP');

async function enter(tallybook: Tallybook, payment: Payment) {
  const { number, category, date, amount, notes } = payment;
  const { createRecord } = await tallybook.runSafely(CreateRecord, {
    input: { kind: 'EXPENSE', currency: GBP, amount, category, date, notes, idempotencyKey: `leeds-payment-${number}` },
  });
  if (!createRecord) throw new Error(`${number} was answered with nothing.`);
  return { id: createRecord.record.id, replayed: createRecord.replayed };
}

async function enterAll(tallybook: Tallybook, payments: Payment[]): Promise<void> {
  const progress = new Progress(payments.length, 'payments');
  const ids = new Set<string>();
  let replayed = 0;
  const queue = payments.values();
  const enterNext = async () => {
    for (const payment of queue) {
      const entered = await enter(tallybook, payment);
      ids.add(entered.id);
      replayed += Number(entered.replayed);
      progress.step();
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, enterNext));
  if (ids.size !== payments.length) throw new Error(`${payments.length} payments became ${ids.size} records.`);
  const seconds = progress.seconds;
  console.log(
    `Entered ${payments.length.toLocaleString('en')} payments in ${seconds.toFixed(1)} s, ${AT_A_TIME} at a time: `
    + `${Math.round(payments.length / seconds).toLocaleString('en')} records/s; `
    + `${replayed.toLocaleString('en')} were there already, ${tallybook.retries} retries.`,
  );
}

type Figures = { total: bigint; count: number; perCategory: Tallies; perDay: Tallies };

function figuresOf(payments: Payment[]): Figures {
  const perCategory = new Tallies();
  const perDay = new Tallies();
  for (const { category, date, minor } of payments) {
    perCategory.add(category, minor);
    perDay.add(date, minor);
  }
  return { total: sum(payments.map(({ minor }) => minor)), count: payments.length, perCategory, perDay };
}

async function figuresOnDashboard(tallybook: Tallybook, payments: Payment[]): Promise<Figures> {
  const days = payments.map(({ date }) => date).sort();
  const filter = { currency: GBP, from: days[0], to: days.at(-1) };
  const { dashboard } = await tallybook.runSafely(DashboardFigures, { filter, interval: 'DAY' });
  if (!dashboard) throw new Error('The dashboard was answered with nothing.');
  const { summary, categories, trends } = dashboard;
  if (!categories || !trends) throw new Error('A part of the dashboard was answered with nothing.');
  const perCategory = new Tallies();
  for (const { category, expenses, recordCount } of categories) {
    perCategory.set(category.name, { count: recordCount, minor: BigInt(expenses.minorUnits) });
  }
  const perDay = new Tallies();
  for (const { from, to, expenses, recordCount } of trends) {
    if (from !== to) throw new Error(`An interval of a day goes from ${from} to ${to}.`);
    // Days on which nothing was paid are not in the file.
    if (recordCount > 0) perDay.set(from, { count: recordCount, minor: BigInt(expenses.minorUnits) });
  }
  if (BigInt(summary.net.minorUnits) !== -BigInt(summary.expenses.minorUnits)) throw new Error('There is income too.');
  return { total: BigInt(summary.expenses.minorUnits), count: summary.recordCount, perCategory, perDay };
}

function* differences(file: Figures, dashboard: Figures): Generator<string> {
  const compare = function* (what: string, expected: Tallies, found: Tallies) {
    for (const key of [...new Set([...expected.keys(), ...found.keys()])].sort()) {
      const [a, b] = [expected.get(key), found.get(key)];
      if (a?.minor === b?.minor && a?.count === b?.count) continue;
      const figure = (tally: typeof a) => (tally ? `${inWords(tally.minor)} in ${tally.count} records` : 'nothing');
      yield `${what} ${key}: ${figure(a)} in the file, ${figure(b)} on the dashboard`;
    }
  };
  const whole = ({ total, count }: Figures) => new Tallies([['of all', { count, minor: total }]]);
  yield* compare('total', whole(file), whole(dashboard));
  yield* compare('category', file.perCategory, dashboard.perCategory);
  yield* compare('day', file.perDay, dashboard.perDay);
}

async function main(): Promise<void> {
  const [path] = process.argv.slice(2);
  if (!path) throw new Error('Which file? Name it as the argument.');
  const { url, credentials } = environment();
  const { payments, zeros } = await readPayments(path);
  const file = figuresOf(payments);
  console.log(
    `${path}: ${file.count.toLocaleString('en')} payments of ${inWords(file.total)} GBP in ${file.perCategory.size} categories `
    + `on ${file.perDay.size} days; ${zeros} lines of 0.00 left out.`,
  );

  const tallybook = await Tallybook.signIn(url, credentials);
  await enterAll(tallybook, payments);
  const dashboard = await figuresOnDashboard(tallybook, payments);
  const found = [...differences(file, dashboard)];
  for (const difference of found) console.error(difference);
  if (found.length > 0) throw new Error(`The dashboard differs from the file in ${found.length} figures.`);
  console.log(
    `The dashboard agrees to the penny: ${inWords(dashboard.total)} GBP in ${dashboard.count.toLocaleString('en')} records, `
    + `${dashboard.perCategory.size} categories, ${dashboard.perDay.size} days.`,
  );
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  // Requests of other payments may still be under way; what they enter is found again by the next run.
  process.exit(1);
}
