import { common } from './common.js';

export const categories = {
  title: 'Categories',
  search: 'Search categories',
  count: (count: number, formatted: string) => `${formatted} ${count === 1 ? 'category' : 'categories'}`,
  name: 'Name',
  records: 'Records',
  lastUsed: 'Last used',
  lastUsedOn: (day: string) => `last used ${day}`,
  never: 'never',
  neverUsed: 'never used',
  more: 'Show more',
  none: 'There are no categories yet',
  noneHint: 'A category is made when a record first names it.',
  noMatch: (search: string) => `No category has “${search}” in its name`,
  one: 'The category of the link',
  all: 'Show all categories',
  oneGone: 'This category does not exist any more.',
  actions: 'Actions',
  rename: 'Rename…',
  renameOne: (name: string) => `Rename ${name}`,
  merge: 'Merge…',
  mergeOne: (name: string) => `Merge ${name} into another category`,
  delete: 'Delete…',
  deleteOne: (name: string) => `Delete ${name}`,

  renaming: {
    title: (name: string) => `Rename “${name}”`,
    name: 'New name',
    submit: 'Rename',
    taken: 'Another category has this name.',
    mergeInstead: 'Merge the two instead…',
    done: (before: string, after: string) => `“${before}” is called “${after}” now.`,
  },
  merging: {
    title: (name: string) => `Merge “${name}” into another category`,
    search: 'Into which category?',
    found: 'Categories',
    noMatch: 'No other category has this in its name.',
    narrow: 'There are more. Type a part of the name.',
    what: (from: string, count: number, formatted: string, into: string) => (
      `${count === 0 ? `“${from}” has no records now. Deleted ones` : `${common.records(count, formatted)} of “${from}”, and deleted ones,`} `
      + `will be shown in “${into}”. No record is changed, and the name “${from}” will mean “${into}”.`
    ),
    canUndo: 'The merge can be undone: records that were entered in the category before it then come back to it.',
    submit: 'Merge',
    done: (from: string, into: string) => `“${from}” was merged into “${into}”.`,
    gone: 'It was merged by somebody else meanwhile. Look at the list again.',
  },
  merged: {
    title: 'Merged categories',
    none: 'No category is merged into another.',
    into: (into: string) => `shown in ${into}`,
    undo: 'Undo the merge',
    undoOne: (from: string, into: string) => `Undo the merge of ${from} into ${into}`,
    undone: (name: string) => `“${name}” is a category of its own again.`,
  },
  deleting: {
    title: (name: string) => `Delete “${name}”?`,
    hint: 'Nothing needs it. It is gone afterwards; a record that names it makes a new one.',
    submit: 'Delete',
    done: (name: string) => `“${name}” was deleted.`,
    hasRecords: (count: number, formatted: string, deleted: number, formattedDeleted: string) => {
      const inTrash = deleted === 0 ? '' : `, ${formattedDeleted} of them in the trash`;
      return `It has ${common.records(count, formatted)}${inTrash}. Merge it into another category instead.`;
    },
    hasMerged: 'Other categories were merged into it. Undo those merges first.',
  },
};
