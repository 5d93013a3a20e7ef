import { describe, expect, it } from 'vitest';
import { categoriesOf, columnAt, splitRows, tableOf, valuesOf } from './table.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const reading = { encoding: 'UTF_8', headerLine: 1, headerText: null, quotes: true, separator: 'COMMA' } as const;

describe('tableOf', () => {
  it('names the columns by the header, and rows by the line that they begin in', () => {
    expect(tableOf(bytes('Date,Text\n2026-01-01,"a, b"\n2026-01-02,"two\nlines"\n2026-01-03,c\n'), reading)).toEqual({
      columns: ['Date', 'Text'],
      rows: [
        { line: 2, cells: ['2026-01-01', 'a, b'] },
        { line: 3, cells: ['2026-01-02', 'two\nlines'] },
        { line: 5, cells: ['2026-01-03', 'c'] },
      ],
    });
  });

  it('numbers columns without a name, and tells those of one name apart', () => {
    expect(tableOf(bytes('Date,Amount,Amount,\n1,2,3,4,5\n'), reading).columns).toEqual(['Date', 'Amount#1', 'Amount#2', '#4', '#5']);
    expect(tableOf(bytes('1,2\n'), { ...reading, headerLine: 0 })).toEqual({ columns: ['#1', '#2'], rows: [{ line: 1, cells: ['1', '2'] }] });
  });

  it('leaves out lines before the header, found by its number or by a text', () => {
    const file = bytes('Account 12\n\nDate;Amount\n1;2\n');
    const expected = { columns: ['Date', 'Amount'], rows: [{ line: 4, cells: ['1', '2'] }] };
    expect(tableOf(file, { ...reading, separator: 'SEMICOLON', headerLine: 3 })).toEqual(expected);
    expect(tableOf(file, { ...reading, separator: 'SEMICOLON', headerText: 'Amount' })).toEqual(expected);
  });

  it('takes CR, CR LF and CR CR LF for line ends', () => {
    for (const end of ['\n', '\r', '\r\n', '\r\r\n']) {
      expect(tableOf(bytes(`a,b${end}1,2${end}`), reading).rows).toEqual([{ line: 2, cells: ['1', '2'] }]);
    }
  });

  it('reads letters as the encoding has them, and skips a byte order mark', () => {
    expect(tableOf(new Uint8Array([0x57, 0xe4, 0x0a]), { ...reading, encoding: 'WINDOWS_1252' }).columns).toEqual(['Wä']);
    expect(tableOf(new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0x0a]), reading).columns).toEqual(['a']);
  });

  it('is empty where there is nothing', () => {
    expect(tableOf(bytes(''), reading)).toEqual({ columns: [], rows: [] });
    expect(tableOf(bytes('a,b'), { ...reading, headerLine: 9 })).toEqual({ columns: [], rows: [] });
  });
});

describe('splitRows', () => {
  const cells = (text: string, quotes = true) => splitRows(text, ',', quotes, 1, 10).map((row) => row.cells);

  it('takes two quotes for one, and one that nothing closes for itself', () => {
    expect(cells('"say ""hi""",b')).toEqual([['say "hi"', 'b']]);
    expect(cells('"open,b\nc,d')).toEqual([['"open', 'b'], ['c', 'd']]);
    expect(cells('5" pipe,b')).toEqual([['5" pipe', 'b']]);
  });

  it('leaves quotes alone where they mean nothing', () => {
    expect(cells('"a,b"', false)).toEqual([['"a', 'b"']]);
  });

  it('keeps empty cells at the end', () => {
    expect(cells('a,,\n')).toEqual([['a', '', '']]);
  });
});

describe('what stands in columns', () => {
  const table = tableOf(bytes('Class,Sub,Flag\nFood , Out,O\nFood,Out,O\n,,I\nRent,,\n'), reading);

  it('finds a column by name or by number', () => {
    expect(columnAt(table.columns, 'Sub')).toBe(1);
    expect(columnAt(table.columns, '#3')).toBe(2);
    expect(columnAt(table.columns, '#4')).toBe(-1);
    expect(columnAt(table.columns, 'Nothing')).toBe(-1);
  });

  it('lists values, the most frequent first', () => {
    expect(valuesOf(table, 'Flag')).toEqual(['O', 'I', '']);
    expect(valuesOf(table, null)).toEqual([]);
  });

  it('joins categories as the server does', () => {
    expect(categoriesOf(table, { category: 'Other', categoryColumns: ['Class', 'Sub'] })).toEqual([
      { name: 'Food / Out', count: 2 },
      { name: 'Other', count: 1 },
      { name: 'Rent', count: 1 },
    ]);
  });
});
