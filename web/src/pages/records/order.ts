import type { ListedRecord, RecordsOrder } from './documents.js';

type Value = string | bigint;

function compareValues(one: Value, other: Value): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Moments as text that sorts: the API leaves a fraction of zero out. */
function sortable(moment: string): string {
  const [seconds = '', fraction = ''] = moment.replace('Z', '').split('.');
  return `${seconds}.${fraction.padEnd(9, '0')}`;
}

function valuesOf(record: ListedRecord, field: RecordsOrder['field']): Value[] {
  switch (field) {
    case 'AMOUNT': return [BigInt(record.amount?.minorUnits ?? 0)];
    case 'CREATED_AT': return [sortable(record.createdAt)];
    case 'UPDATED_AT': return [sortable(record.updatedAt)];
    default: return [record.date, sortable(record.createdAt)];
  }
}

/** The order in which the API lists records. */
export function comparing({ field, direction }: RecordsOrder): (one: ListedRecord, other: ListedRecord) => number {
  const sign = direction === 'ASC' ? 1 : -1;
  return (one, other) => {
    const ones = [...valuesOf(one, field), one.id];
    const others = [...valuesOf(other, field), other.id];
    for (const [index, value] of ones.entries()) {
      const difference = compareValues(value, others[index] ?? '');
      if (difference !== 0) return sign * difference;
    }
    return 0;
  };
}
