// The beginning of a file, read as the server reads it, so that its columns and values can be chosen from. What becomes of
// the rows is for the server to say.

import type { Format } from './documents.js';

export type TableRow = { line: number; cells: string[] };
export type Table = {
  /** What a format calls each column. */
  columns: string[];
  rows: TableRow[];
};

type Reading = Pick<Format, 'encoding' | 'headerLine' | 'headerText' | 'quotes' | 'separator'>;

const labels: Record<Format['encoding'], string> = {
  ISO_8859_1: 'windows-1252',
  ISO_8859_15: 'iso-8859-15',
  UTF_8: 'utf-8',
  WINDOWS_1250: 'windows-1250',
  WINDOWS_1252: 'windows-1252',
};

const separators: Record<Format['separator'], string> = { COMMA: ',', PIPE: '|', SEMICOLON: ';', TAB: '\t' };

export function tableOf(bytes: Uint8Array, reading: Reading, mostRows = Infinity): Table {
  // Some programs end lines with CR CR LF, others with CR alone.
  const text = new TextDecoder(labels[reading.encoding]).decode(bytes).replace(/\r*\n|\r/g, '\n');
  const hasHeader = reading.headerText !== null || reading.headerLine > 0;
  const headerAt = reading.headerText === null ? Math.max(0, reading.headerLine - 1) : lineWith(text, reading.headerText);
  const rows = splitRows(afterLines(text, headerAt), separators[reading.separator], reading.quotes, headerAt + 1, mostRows + 1);
  const header = hasHeader ? rows.shift() : undefined;
  const filled = rows.filter(({ cells }) => cells.some((cell) => cell !== ''));
  const width = Math.max(header?.cells.length ?? 0, ...filled.slice(0, 100).map(({ cells }) => cells.length));
  return { columns: columnNames(header?.cells ?? [], width), rows: filled.slice(0, mostRows) };
}

function lineWith(text: string, sought: string): number {
  return Math.max(0, text.split('\n').findIndex((line) => line.includes(sought)));
}

function afterLines(text: string, count: number): string {
  let at = 0;
  for (let line = 0; line < count; line += 1) {
    const end = text.indexOf('\n', at);
    if (end < 0) return '';
    at = end + 1;
  }
  return text.slice(at);
}

/** Columns without a name, and those beyond the header, go by their number; those of one name by name and number. */
export function columnNames(header: readonly string[], width: number): string[] {
  return Array.from({ length: width }, (_, at) => {
    const name = header[at] ?? '';
    if (name === '') return `#${String(at + 1)}`;
    if (header.indexOf(name) === header.lastIndexOf(name)) return name;
    return `${name}#${String(header.slice(0, at + 1).filter((other) => other === name).length)}`;
  });
}

export function splitRows(text: string, separator: string, quotes: boolean, firstLine: number, mostRows: number): TableRow[] {
  const rows: TableRow[] = [];
  let line = firstLine;
  let at = 0;
  while (at < text.length && rows.length < mostRows) {
    const row: TableRow = { line, cells: [] };
    for (;;) {
      const cell = cellAt(text, at, separator, quotes);
      row.cells.push(cell.text);
      line += cell.lines;
      at = cell.end + 1;
      if (text[cell.end] !== separator) break;
    }
    line += 1;
    rows.push(row);
  }
  return rows;
}

function cellAt(text: string, from: number, separator: string, quotes: boolean): { text: string; end: number; lines: number } {
  if (quotes) {
    const opened = /[^\S\n]*"/y;
    opened.lastIndex = from;
    if (separator !== '\t' ? opened.test(text) : text[from] === '"') {
      const inner = /(?:[^"]|"")*/y;
      inner.lastIndex = separator !== '\t' ? opened.lastIndex : from + 1;
      const [quoted = ''] = inner.exec(text) ?? [];
      const closed = inner.lastIndex;
      // A quote that nothing closes means itself.
      if (text[closed] === '"') {
        const end = endOf(text, closed, separator);
        const behind = text.slice(closed + 1, end).trim();
        return { text: (quoted.replaceAll('""', '"') + behind).trim(), end, lines: quoted.split('\n').length - 1 };
      }
    }
  }
  const end = endOf(text, from, separator);
  return { text: text.slice(from, end).trim(), end, lines: 0 };
}

function endOf(text: string, from: number, separator: string): number {
  let end = from;
  while (end < text.length && text[end] !== '\n' && text[end] !== separator) end += 1;
  return end;
}

/** Where the column is that a format calls by this name or number; -1 where there is none. */
export function columnAt(columns: readonly string[], name: string): number {
  const at = columns.indexOf(name.trim());
  if (at >= 0) return at;
  const number = /^#(\d+)$/.exec(name.trim())?.[1];
  return number !== undefined && Number(number) <= columns.length ? Number(number) - 1 : -1;
}

/** What stands in a column, each once, the most frequent first. */
export function valuesOf({ columns, rows }: Table, column: string | null, most = 30): string[] {
  const at = column === null ? -1 : columnAt(columns, column);
  if (at < 0) return [];
  return [...tally(rows.map(({ cells }) => cells[at] ?? ''))].sort(([, one], [, other]) => other - one).slice(0, most).map(([value]) => value);
}

/** The categories that the file names, and how many rows are in each, the most frequent first. */
export function categoriesOf({ columns, rows }: Table, format: Pick<Format, 'category' | 'categoryColumns'>): { name: string; count: number }[] {
  const places = format.categoryColumns.map((column) => columnAt(columns, column)).filter((at) => at >= 0);
  const names = rows.map(({ cells }) => {
    const texts = places.map((at) => (cells[at] ?? '').split(/\s+/).filter(Boolean).join(' '));
    return texts.filter((text) => text !== '').join(' / ') || (format.category ?? '').trim();
  });
  return [...tally(names.filter((name) => name !== ''))]
    .map(([name, count]) => ({ name, count }))
    .sort((one, other) => other.count - one.count || one.name.localeCompare(other.name));
}

function tally(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
