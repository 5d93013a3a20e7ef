import { formatDay } from '../../format/index.js';
import { text } from '../../text/index.js';
import type { Conflict } from './draft.js';

const words = text.records.form;

/** Where two versions of a record disagree, in the reader's words. */
export function differencesOf(conflicts: readonly Conflict[]) {
  return conflicts.map(({ field, theirs, mine }) => ({ label: words[field], theirs: shown(field, theirs), yours: shown(field, mine) }));
}

function shown(field: Conflict['field'], value: string): string {
  if (value === '') return text.records.conflict.nothing;
  if (field === 'date') return formatDay(value);
  if (field === 'kind') return value === 'INCOME' ? words.income : words.expense;
  return value;
}
