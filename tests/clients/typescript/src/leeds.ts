// Reads a file of payments as Leeds City Council publishes them: CSV, Windows-1252, one payment a line.

import { readFile } from 'node:fs/promises';
import { minorUnits } from './money.js';
import { type Date, type Decimal, date, decimal } from './scalars.js';

export type Payment = {
  number: string;
  category: string;
  date: Date;
  amount: Decimal;
  minor: bigint;
  notes: string;
};

export type Payments = {
  payments: Payment[];
  /** Lines of 0.00, which are no payments. */
  zeros: number;
};

export async function readPayments(path: string): Promise<Payments> {
  const text = new TextDecoder('windows-1252').decode(await readFile(path));
  const [header, ...lines] = rows(text);
  if (!header || lines.length === 0) throw new Error(`${path} has no payments.`);
  const all = lines.map((cells, index) => payment(header, cells, index + 2));
  const negative = all.find(({ minor }) => minor < 0n);
  if (negative) throw new Error(`${negative.number} is below zero: a refund, which this import cannot book.`);
  if (new Set(all.map(({ number }) => number)).size !== all.length) {
    throw new Error('Two payments have one Transaction Number, which must tell them apart.');
  }
  const payments = all.filter(({ minor }) => minor > 0n);
  return { payments, zeros: all.length - payments.length };
}

function payment(header: string[], cells: string[], line: number): Payment {
  const cell = (name: string): string => {
    const value = cells[header.indexOf(name)];
    if (value === undefined) throw new Error(`Line ${line} has no ${name}.`);
    return value;
  };
  const amount = decimal(cell('Amount'));
  return {
    number: cell('Transaction Number'),
    category: cell('Category Internal Name'),
    date: date(cell('Payment Date')),
    amount,
    minor: minorUnits(amount),
    notes: `${cell('Purpose')}: ${cell('Beneficiary Name')}`,
  };
}

/** RFC 4180: cells may be quoted, and quoted ones may hold commas, line ends and doubled quotes. */
export function rows(text: string): string[][] {
  const table: string[][] = [];
  let row: string[] = [];
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n)/y;
  while (cell.lastIndex < whole.length) {
    const start = cell.lastIndex;
    const match = cell.exec(whole);
    if (!match) throw new Error(`No CSV from character ${start} on.`);
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    table.push(row);
    row = [];
  }
  return table;
}
