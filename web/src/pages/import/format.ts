import { text } from '../../text/index.js';
import type { Format } from './documents.js';

export type FormatField = keyof Format;

/** A format as it is sent: without what does not go with its `kind`, which the form does not show either. */
export function inputOf(format: Format): Format {
  const { kind } = format;
  const isTwoColumns = kind === 'TWO_COLUMNS';
  const hasFlags = kind === 'FLAG' || kind === 'SUFFIX';
  return {
    amountColumn: isTwoColumns ? null : filled(format.amountColumn),
    belowZero: isBySign(format) ? null : format.belowZero,
    categories: format.categories.map(({ from, to }) => ({ from, to })).filter(({ to }) => to.trim() !== ''),
    category: filled(format.category),
    categoryColumns: format.categoryColumns,
    counterpartyColumns: format.counterpartyColumns,
    currency: filled(format.currency),
    currencyColumn: filled(format.currencyColumn),
    currencyInHeader: format.currencyInHeader,
    date: format.dateColumn ? null : filled(format.date),
    dateColumn: filled(format.dateColumn),
    dateForm: format.dateForm,
    decimalSign: format.decimalSign,
    encoding: format.encoding,
    expenseColumn: isTwoColumns ? filled(format.expenseColumn) : null,
    expenseFlags: hasFlags ? format.expenseFlags : [],
    flagColumn: kind === 'FLAG' ? filled(format.flagColumn) : null,
    guardedTexts: format.guardedTexts,
    headerLine: format.headerLine,
    headerText: filled(format.headerText),
    incomeColumn: isTwoColumns ? filled(format.incomeColumn) : null,
    incomeFlags: hasFlags ? format.incomeFlags : [],
    kind,
    leaveOut: format.leaveOut,
    notesColumns: format.notesColumns,
    pendingColumn: filled(format.pendingColumn),
    pendingValues: format.pendingColumn ? format.pendingValues : [],
    quotes: format.quotes,
    separator: format.separator,
    shortRows: format.shortRows,
    subtractedColumns: isTwoColumns ? [] : format.subtractedColumns,
    thousandsSign: format.thousandsSign,
  };
}

export function isBySign({ kind }: Format): boolean {
  return kind === 'SIGN' || kind === 'INVERSE_SIGN';
}

function filled(value: string | null): string | null {
  return value === null || value.trim() === '' ? null : value;
}

/** The fields of amounts that go with this `kind`. */
export function amountFields(format: Format): FormatField[] {
  return [
    'kind',
    ...({
      EXPENSE: ['amountColumn'],
      FLAG: ['amountColumn', 'flagColumn', 'incomeFlags', 'expenseFlags'],
      INCOME: ['amountColumn'],
      INVERSE_SIGN: ['amountColumn'],
      SIGN: ['amountColumn'],
      SUFFIX: ['amountColumn', 'incomeFlags', 'expenseFlags'],
      TWO_COLUMNS: ['incomeColumn', 'expenseColumn'],
    } satisfies Record<Format['kind'], FormatField[]>)[format.kind],
    ...(isBySign(format) ? [] : ['belowZero' as const]),
    'decimalSign',
    'thousandsSign',
  ];
}

/** The fields by which a question is answered, the one that it names first. */
export function fieldsOfQuestion(field: string): FormatField[] {
  const together: Partial<Record<string, FormatField[]>> = {
    category: ['category', 'categoryColumns'],
    currency: ['currency', 'currencyColumn'],
    dateColumn: ['dateColumn', 'date'],
    incomeFlags: ['incomeFlags', 'expenseFlags'],
    pendingValues: ['pendingColumn', 'pendingValues'],
  };
  return together[field] ?? (field in text.imports.fields ? [field as FormatField] : []);
}

/** What a column of the file is used for, in the order of the form. */
export function usesOf(format: Format, columns: readonly string[], at: number): FormatField[] {
  const names = [columns[at], `#${String(at + 1)}`];
  const used = inputOf(format);
  return columnFields.filter((field) => [used[field]].flat().some((name) => name !== null && names.includes(name)));
}

const columnFields = [
  'dateColumn',
  'amountColumn',
  'incomeColumn',
  'expenseColumn',
  'flagColumn',
  'subtractedColumns',
  'currencyColumn',
  'categoryColumns',
  'counterpartyColumns',
  'notesColumns',
  'pendingColumn',
] as const satisfies FormatField[];

/** A message of the API with the names of its fields as the form has them. */
export function inWords(message: string): string {
  return message.replace(/`(\w+)`/g, (quoted, name: string) => (
    name in text.imports.fields ? `“${text.imports.fields[name as FormatField]}”` : quoted.slice(1, -1)
  ));
}
