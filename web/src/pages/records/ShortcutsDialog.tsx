import { text } from '../../text/index.js';
import { Dialog } from '../../ui/index.js';
import styles from './records.module.css';

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={text.records.keys.title} onClose={onClose}>
      <dl className={styles.shortcuts}>
        {text.records.keys.list.map(([keys, meaning]) => (
          <div key={keys}>
            <dt><kbd>{keys}</kbd></dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
