import { type ReactNode, useEffect, useRef } from 'react';
import { text } from '../text/index.js';
import { classes } from './classes.js';
import styles from './ui.module.css';

let isFirst = true;

type Props = {
  title: string;
  actions?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
};

/** A page: its heading, which is the document's title too, what can be done there, and the rest. */
export function Page({ title, actions, className, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = `${title} · ${text.shell.product}`;
  }, [title]);

  // Not on the first page: there the browser begins at the top by itself.
  useEffect(() => {
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, []);

  return (
    <div className={classes(styles.page, className)}>
      <header className={styles.pageHead}>
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        {actions && <div className={styles.pageActions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

type CardProps = { title?: ReactNode; actions?: ReactNode; className?: string | undefined; children: ReactNode };

export function Card({ title, actions, className, children }: CardProps) {
  return (
    <section className={classes(styles.card, className)}>
      {(title !== undefined || actions) && (
        <div className={styles.cardHead}>
          <h2>{title}</h2>
          {actions}
        </div>
      )}
      {children}
    </section>
  );
}

