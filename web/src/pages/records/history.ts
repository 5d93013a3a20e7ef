// What was done to a record, as sentences.

import { formatAmount, formatDay } from '../../format/index.js';
import { text } from '../../text/index.js';
import type { HistoryEvent } from './documents.js';

const words = text.records.history;

type Change = HistoryEvent['changes'][number];

function isField(field: string): field is keyof typeof words.fields {
  return field in words.fields;
}

function written(field: string, value: string): string {
  switch (field) {
    case 'amount': return formatAmount(value);
    case 'date': return formatDay(value);
    case 'kind': return value === 'INCOME' ? words.income : words.expense;
    default: return words.quoted(value);
  }
}

function changed({ field, before, after }: Change): string {
  const name = isField(field) ? words.fields[field] : field;
  if (!before && after) return words.set(name, written(field, after));
  if (before && !after) return words.cleared(name, written(field, before));
  return words.changed(name, written(field, before ?? ''), written(field, after ?? ''));
}

function value(changes: readonly Change[], field: string): Change | undefined {
  return changes.find((change) => change.field === field);
}

/** What was done and by whom, one sentence without its time. */
export function sentenceOf({ action, entityType, actor, changes, via }: HistoryEvent): string {
  const who = actor?.name ?? words.nobody;
  const sentence = entityType === 'CATEGORY' ? ofCategory(who, action, changes) : ofRecord(who, action, changes);
  if (via?.__typename === 'Import') return words.byImport(sentence, via.filename);
  if (via?.__typename === 'ApiToken') return words.byToken(sentence, via.name);
  return sentence;
}

function ofRecord(who: string, action: HistoryEvent['action'], changes: readonly Change[]): string {
  switch (action) {
    case 'CREATED': {
      const amount = value(changes, 'amount')?.after;
      const currency = value(changes, 'currency')?.after;
      return amount && currency ? words.createdWith(who, `${formatAmount(amount)} ${currency}`) : words.created(who);
    }
    case 'DELETED': return words.deleted(who);
    case 'RESTORED': return words.restored(who);
    default: return words.did(who, changes.map(changed));
  }
}

function ofCategory(who: string, action: HistoryEvent['action'], changes: readonly Change[]): string {
  const name = value(changes, 'name');
  const into = value(changes, 'mergedInto');
  if (action === 'MERGED' && into?.after) return words.merged(who, into.after);
  if (action === 'UNMERGED') return words.unmerged(who);
  if (name?.before && name.after) return words.renamed(who, name.before, name.after);
  return words.did(who, changes.map(changed));
}
