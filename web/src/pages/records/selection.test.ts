import { expect, test } from 'vitest';
import { countOf, everything, isSelected, nothing, toggled, toggledThrough, without } from './selection.js';

const listed = ['a', 'b', 'c', 'd', 'e'];
const ids = (selection: ReturnType<typeof toggled>) => (selection.isAll ? 'all' : [...selection.ids].sort().join(''));

test('one after the other, and back', () => {
  const one = toggled(nothing, 'b', listed);
  expect(ids(one)).toBe('b');
  expect(ids(toggled(one, 'd', listed))).toBe('bd');
  expect(ids(toggled(one, 'b', listed))).toBe('');
});

test('through takes all between, in both directions, and takes them out again', () => {
  const one = toggled(nothing, 'd', listed);
  const through = toggledThrough(one, 'd', 'b', listed);
  expect(ids(through)).toBe('bcd');
  expect(ids(toggledThrough(through, 'b', 'c', listed))).toBe('d');
  expect(ids(toggledThrough(one, 'gone', 'b', listed))).toBe('bd');
});

test('all are as many as match, also those that are not loaded', () => {
  expect(countOf(everything, 1204)).toBe(1204);
  expect(isSelected(everything, 'z')).toBe(true);
  expect(ids(toggled(everything, 'c', listed))).toBe('abde');
});

test('what is gone is not ticked', () => {
  const two = toggled(toggled(nothing, 'a', listed), 'b', listed);
  expect(ids(without(two, 'a'))).toBe('b');
  expect(without(two, 'e')).toBe(two);
});
