import { Link } from '@tanstack/react-router';
import { text } from '../../text/index.js';
import { buttonClass, Page } from '../../ui/index.js';
import styles from '../sign-in/sign-in.module.css';

export function NotFoundPage() {
  return (
    <main className={styles.alone}>
      <Page title={text.shell.notFound}>
        <p>{text.shell.notFoundHint}</p>
        <p><Link to="/" className={buttonClass('primary')}>{text.shell.toDashboard}</Link></p>
      </Page>
    </main>
  );
}
