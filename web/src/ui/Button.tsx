import type { ComponentProps } from 'react';
import { classes } from './classes.js';
import styles from './ui.module.css';

type Look = 'normal' | 'primary' | 'danger' | 'plain';

/** How a button looks, for links that look like one. */
export function buttonClass(look: Look = 'normal'): string {
  return classes(styles.button, look !== 'normal' && styles[look]);
}

export function Button({ look = 'normal', className, ...others }: ComponentProps<'button'> & { look?: Look }) {
  return <button type="button" {...others} className={classes(buttonClass(look), className)} />;
}
