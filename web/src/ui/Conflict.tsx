import { text } from '../text/index.js';
import { Button } from './Button.js';
import styles from './Conflict.module.css';

type Props = {
  /** What happened, in a sentence. */
  children: string;
  /** Where both disagree. */
  differences: readonly { label: string; theirs: string; yours: string }[];
  /** What is said where they do not. */
  none?: string;
  onKeep: () => void;
  onTake: () => void;
  isBusy?: boolean;
};

/** Somebody else was faster: what they wrote, what the reader wrote, and which of the two it is to be. */
export function Conflict({ children, differences, none, onKeep, onTake, isBusy = false }: Props) {
  return (
    <div className={styles.conflict} role="alert">
      <p className={styles.title}>{children}</p>
      {differences.length === 0 ? none && <p>{none}</p> : (
        <dl>
          {differences.map(({ label, theirs, yours }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{text.common.theirsAndYours(theirs, yours)}</dd>
            </div>
          ))}
        </dl>
      )}
      <div className={styles.choices}>
        <Button look="primary" disabled={isBusy} onClick={onKeep}>{text.common.keepMine}</Button>
        <Button disabled={isBusy} onClick={onTake}>{text.common.takeTheirs}</Button>
      </div>
    </div>
  );
}
