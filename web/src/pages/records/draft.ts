// What stands in the form, and what of it is sent.

import { editableAmount, type Typed } from '../../format/index.js';
import type { DetailedRecord, ListedRecord } from './documents.js';

export type Draft = {
  kind: 'INCOME' | 'EXPENSE';
  /** As it was typed. */
  amount: string;
  currency: string;
  category: string;
  counterparty: string;
  date: string;
  notes: string;
};

export type DraftField = keyof Draft;

export const FIELDS = ['kind', 'amount', 'currency', 'category', 'counterparty', 'date', 'notes'] as const satisfies readonly DraftField[];

export function draftOf(record: ListedRecord): Draft {
  return {
    kind: record.kind,
    amount: editableAmount(record.amount?.amount ?? ''),
    currency: record.amount?.currency ?? '',
    category: record.category.name,
    counterparty: record.counterparty ?? '',
    date: record.date,
    notes: record.notes,
  };
}

export function changedFields(before: Draft, now: Draft): DraftField[] {
  return FIELDS.filter((field) => before[field] !== now[field]);
}

/** What somebody else changed as well, and in another way: it is for a person to decide. */
export type Conflict = { field: DraftField; theirs: string; mine: string };

export function conflictsOf(before: Draft, theirs: Draft, mine: Draft): Conflict[] {
  return changedFields(before, theirs)
    .filter((field) => mine[field] !== before[field] && mine[field] !== theirs[field])
    .map((field) => ({ field, theirs: theirs[field], mine: mine[field] }));
}

/** My changes on top of theirs. */
export function rebased(before: Draft, theirs: Draft, mine: Draft): Draft {
  const kept = changedFields(before, mine).map((field) => [field, mine[field]]);
  return { ...theirs, ...Object.fromEntries(kept) as Partial<Draft> };
}

export type DraftProblem =
  | { field: 'amount'; problem: Extract<Typed, { problem: string }> }
  | { field: 'amount'; problem: { problem: 'zero' } }
  | { field: 'category' | 'date'; problem: { problem: 'empty' } }
  | { field: 'date'; problem: { problem: 'closed'; through: string } };

/** What can be seen without asking the server. */
export function problemsOfDraft(draft: Draft, amount: Typed, closedThrough: string | null): DraftProblem[] {
  const problems: DraftProblem[] = [];
  if ('problem' in amount) problems.push({ field: 'amount', problem: amount });
  else if (/^-?[0.]+$/.test(amount.amount)) problems.push({ field: 'amount', problem: { problem: 'zero' } });
  if (draft.category.trim() === '') problems.push({ field: 'category', problem: { problem: 'empty' } });
  if (draft.date === '') problems.push({ field: 'date', problem: { problem: 'empty' } });
  else if (closedThrough !== null && draft.date <= closedThrough) {
    problems.push({ field: 'date', problem: { problem: 'closed', through: closedThrough } });
  }
  return problems;
}

/** The fields of the API that differ; an empty text clears its field. */
export function inputOf(draft: Draft, amount: string, fields: readonly DraftField[]): Partial<Draft> {
  const values: Draft = { ...draft, amount, category: draft.category.trim(), counterparty: draft.counterparty.trim() };
  return Object.fromEntries(fields.map((field) => [field, values[field]]));
}

/** The record as it will be, shown before the server has answered. */
export function expected(record: DetailedRecord, draft: Draft, amount: string): ListedRecord {
  return {
    ...record,
    kind: draft.kind,
    date: draft.date,
    amount: record.amount && { ...record.amount, amount, currency: draft.currency },
    category: { ...record.category, name: draft.category.trim() },
    counterparty: draft.counterparty.trim() || null,
    notes: draft.notes,
  };
}
