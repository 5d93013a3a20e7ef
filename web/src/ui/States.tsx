import type { CombinedError } from '@urql/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useAway } from '../graphql/connection.js';
import { type Problem, problemsOf } from '../graphql/errors.js';
import { text } from '../text/index.js';
import { Button } from './Button.js';
import styles from './ui.module.css';

/** Something is on its way, and there is no shape of it yet. */
export function Spinner() {
  return <p className={styles.spinner} role="status">{text.common.loading}</p>;
}

/** The place of a text or a figure that is on its way. */
export function Skeleton({ width = '100%', height = '1em' }: { width?: string; height?: string }) {
  return <span className={styles.skeleton} style={{ width, height }} aria-hidden="true" />;
}

export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

type NoticeProps = {
  error?: CombinedError | undefined;
  problems?: readonly Problem[];
  /** Asks again; also done by itself when the server is back. */
  onRetry?: () => void;
};

/** Why something did not work, with the id by which the server's log knows it. Nothing where nothing is wrong. */
export function ErrorNotice({ error, problems = problemsOf(error), onRetry }: NoticeProps) {
  const isAway = useAway();
  const wasAway = useRef(isAway);
  useEffect(() => {
    if (wasAway.current && !isAway && problems.length > 0) onRetry?.();
    wasAway.current = isAway;
  }, [isAway, onRetry, problems.length]);

  if (problems.length === 0) return null;
  const requestId = problems.find((problem) => problem.requestId)?.requestId;
  return (
    <div className={styles.notice} role="alert">
      {problems.map(({ message }) => <p key={message}>{message}</p>)}
      {requestId && <small>{text.common.requestId} {requestId}</small>}
      {onRetry && <Button onClick={onRetry}>{text.common.tryAgain}</Button>}
    </div>
  );
}
