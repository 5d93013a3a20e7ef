import { text } from '../../text/index.js';
import { Button, Card, Skeleton } from '../../ui/index.js';
import styles from './categories.module.css';
import type { MergedCategory } from './useMerged.js';

const words = text.categories.merged;

export function MergedCard({ merged, onUndo }: { merged: readonly MergedCategory[] | null; onUndo: (merged: MergedCategory) => void }) {
  return (
    <Card title={words.title}>
      {merged === null && <Skeleton height="2em" />}
      {merged?.length === 0 && <p className={styles.quiet}>{words.none}</p>}
      <ul className={styles.merged}>
        {merged?.map((each) => (
          <li key={each.id}>
            <span>{each.name}</span>
            <span className={styles.quiet}>{words.into(each.into.name)}</span>
            <Button look="plain" aria-label={words.undoOne(each.name, each.into.name)} onClick={() => { onUndo(each); }}>{words.undo}</Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
