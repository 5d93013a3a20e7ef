import type { ReactNode } from 'react';
import { text } from '../../text/index.js';
import styles from './import.module.css';

const { steps: words } = text.imports;

export const steps = ['file', 'format', 'categories', 'check'] as const;
export type Step = (typeof steps)[number];

/** Where one is in the wizard. Steps that can be gone to are what `link` makes of them. */
export function Steps({ current, link }: { current: Step; link?: (step: Step, name: string) => ReactNode }) {
  return (
    <nav aria-label={words.label}>
      <ol className={styles.steps}>
        {steps.map((step) => (
          <li key={step} className={styles.step} aria-current={step === current ? 'step' : undefined}>
            {(step !== current && link?.(step, words[step])) || words[step]}
          </li>
        ))}
      </ol>
    </nav>
  );
}
