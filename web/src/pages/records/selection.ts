// Which records are ticked: some, by id, or all that the filter means, also those that were never scrolled to.

export type Selection = { isAll: false; ids: ReadonlySet<string> } | { isAll: true };

export const nothing: Selection = { isAll: false, ids: new Set() };
export const everything: Selection = { isAll: true };

export function isSelected(selection: Selection, id: string): boolean {
  return selection.isAll || selection.ids.has(id);
}

export function countOf(selection: Selection, totalCount: number): number {
  return selection.isAll ? totalCount : selection.ids.size;
}

/** Taking one out of all leaves those that are known by then. */
export function toggled(selection: Selection, id: string, listed: readonly string[]): Selection {
  const ids = new Set(selection.isAll ? listed : selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { isAll: false, ids };
}

/** From the one that was ticked last to this one, in the order of the list, all become like this one. */
export function toggledThrough(selection: Selection, last: string | null, id: string, listed: readonly string[]): Selection {
  const from = last === null ? -1 : listed.indexOf(last);
  const to = listed.indexOf(id);
  if (from < 0 || to < 0) return toggled(selection, id, listed);
  const ids = new Set(selection.isAll ? listed : selection.ids);
  const isAdding = !ids.has(id);
  for (const each of listed.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (isAdding) ids.add(each);
    else ids.delete(each);
  }
  return { isAll: false, ids };
}

/** Those that are not in the list any more are not ticked any more. */
export function without(selection: Selection, gone: string): Selection {
  if (selection.isAll || !selection.ids.has(gone)) return selection;
  return { isAll: false, ids: new Set([...selection.ids].filter((id) => id !== gone)) };
}
