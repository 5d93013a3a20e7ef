import { useState } from 'react';
import { formatCount } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Button } from '../../ui/index.js';
import type { BulkKind } from './bulk.js';
import { BulkDialog } from './BulkDialog.js';
import type { RecordsFilter } from './documents.js';
import styles from './records.module.css';
import { countOf, type Selection } from './selection.js';

const words = text.records.bulk;

type Props = {
  selection: Selection;
  isTrash: boolean;
  isAdmin: boolean;
  filter: RecordsFilter;
  totalCount: number;
  onSelectAll: () => void;
  onClear: () => void;
  onDone: () => void;
};

/** What can be done with the records that are ticked. */
export function BulkBar({ selection, isTrash, isAdmin, filter, totalCount, onSelectAll, onClear, onDone }: Props) {
  const [kind, setKind] = useState<BulkKind | null>(null);
  const count = countOf(selection, totalCount);
  return (
    <section className={styles.bulk} aria-label={words.label}>
      <strong role="status">{words.selected(formatCount(count))}</strong>
      {!selection.isAll && count < totalCount && <Button look="plain" onClick={onSelectAll}>{words.all(formatCount(totalCount))}</Button>}
      {!isTrash && <Button onClick={() => { setKind('recategorise'); }}>{words.recategorise}</Button>}
      {!isTrash && isAdmin && <Button look="danger" onClick={() => { setKind('delete'); }}>{words.delete}</Button>}
      {isTrash && <Button onClick={() => { setKind('restore'); }}>{words.restore}</Button>}
      <Button look="plain" onClick={onClear}>{words.clear}</Button>
      {kind && (
        <BulkDialog
          kind={kind}
          selection={selection}
          filter={filter}
          totalCount={totalCount}
          onClose={() => { setKind(null); }}
          onDone={onDone}
        />
      )}
    </section>
  );
}
