import { Link } from '@tanstack/react-router';
import { useQuery } from 'urql';
import { formatMoment } from '../../format/index.js';
import { text } from '../../text/index.js';
import { buttonClass, Card, ErrorNotice, Spinner, ui } from '../../ui/index.js';
import { Profile } from './documents.js';
import { NameForm } from './NameForm.js';
import styles from './settings.module.css';

export function ProfileCard() {
  const [{ data, error, fetching }, ask] = useQuery({ query: Profile });
  const me = data?.me;
  return (
    <Card title={text.settings.profile}>
      <ErrorNotice error={error} onRetry={ask} />
      {!me && fetching && <Spinner />}
      {me && (
        <>
          <NameForm me={me} />
          <dl className={styles.facts}>
            <dt>{text.settings.email}</dt>
            <dd>{me.email}</dd>
            <dt>{text.settings.role}</dt>
            <dd>{me.role && text.common.roles[me.role]}</dd>
            <dt>{text.settings.since}</dt>
            <dd>{me.createdAt && formatMoment(me.createdAt)}</dd>
          </dl>
          {me.role === 'ADMIN'
            ? <p className={ui.actions}><Link to="/users" search={{ user: me.id }} className={buttonClass()}>{text.settings.editProfile}</Link></p>
            : <p className={styles.hint}>{text.settings.askAnAdmin}</p>}
        </>
      )}
    </Card>
  );
}
