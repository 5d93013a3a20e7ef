import { chooseTheme, type Theme, useTheme } from '../../app/theme.js';
import { text } from '../../text/index.js';
import { Card } from '../../ui/index.js';
import styles from './settings.module.css';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export function Appearance() {
  const chosen = useTheme();
  return (
    <Card title={text.settings.appearance}>
      <fieldset className={styles.choices} aria-label={text.settings.appearance}>
        {THEMES.map((theme) => (
          <label key={theme}>
            <input type="radio" name="theme" checked={theme === chosen} onChange={() => { chooseTheme(theme); }} />
            {text.settings.themes[theme]}
          </label>
        ))}
      </fieldset>
      <p className={styles.hint}>{text.settings.appearanceHint}</p>
    </Card>
  );
}
