import { text } from '../../text/index.js';
import { classes } from '../../ui/index.js';
import type { Import } from './documents.js';
import styles from './import.module.css';

/** How far an import is, as a word with a dot. */
export function StateMark({ state }: { state: Import['state'] }) {
  const tone = state === 'ENTERED' ? styles.good : state === 'FAILED' ? styles.bad : state === 'READY' ? styles.open : undefined;
  return <span className={classes(styles.state, tone)}>{text.imports.states[state]}</span>;
}
