import type { ReactNode } from 'react';
import styles from './ui.module.css';

type Props = {
  children: ReactNode;
  /** Where it can be taken away: what the button does, for a screen reader. */
  remove?: { label: string; run: () => void };
};

export function Chip({ children, remove }: Props) {
  return (
    <span className={styles.chip}>
      <span className={styles.chipLabel}>{children}</span>
      {remove && <button type="button" className={styles.chipRemove} aria-label={remove.label} onClick={remove.run}>×</button>}
    </span>
  );
}
