import { text } from '../../text/index.js';
import { Page } from '../../ui/index.js';
import { Appearance } from './Appearance.js';
import { PasswordForm } from './PasswordForm.js';
import { ProfileCard } from './ProfileCard.js';
import { Sessions } from './Sessions.js';
import styles from './settings.module.css';
import { Tokens } from './Tokens.js';

export function SettingsPage() {
  return (
    <Page title={text.settings.title}>
      <div className={styles.columns}>
        <div className={styles.column}>
          <ProfileCard />
          <Appearance />
          <PasswordForm />
        </div>
        <Sessions />
      </div>
      <Tokens />
    </Page>
  );
}
