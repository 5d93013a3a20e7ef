import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { problemsByField, problemsOf } from '../../graphql/errors.js';
import { useViewer } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { Button, Card, entered, ErrorNotice, TextField, ui, useToast } from '../../ui/index.js';
import { ChangePassword, Profile } from './documents.js';
import styles from './settings.module.css';

const FIELDS = ['currentPassword', 'newPassword'];

export function PasswordForm() {
  const [{ data }] = useQuery({ query: Profile, requestPolicy: 'cache-only' });
  const [{ fetching, error }, change] = useMutation(ChangePassword);
  // A new form, empty again, for each change.
  const [changes, setChanges] = useState(0);
  const { email } = useViewer();
  const toast = useToast();
  const problems = problemsOf(error);
  const byField = problemsByField(problems);

  const send = async (form: FormData) => {
    const answer = await change({ input: { currentPassword: entered(form, 'currentPassword'), newPassword: entered(form, 'newPassword') } });
    if (!answer.data?.changePassword) return;
    toast({ message: text.settings.passwordChanged });
    setChanges((before) => before + 1);
  };

  return (
    <Card title={text.settings.password}>
      <form
        key={changes}
        className={ui.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send(new FormData(event.currentTarget));
        }}
      >
        <ErrorNotice problems={problems.filter(({ field }) => !field || !FIELDS.includes(field))} />
        {/* So that a password manager knows whose password this is. */}
        <input type="email" name="email" autoComplete="username" value={email ?? ''} readOnly hidden />
        <TextField
          label={text.settings.currentPassword}
          name="currentPassword"
          type="password"
          autoComplete="current-password"
          problems={byField.get('currentPassword')}
        />
        <TextField
          label={text.settings.newPassword}
          name="newPassword"
          type="password"
          autoComplete="new-password"
          hint={data?.organization && text.settings.passwordHint(data.organization.limits.minPasswordLength)}
          problems={byField.get('newPassword')}
        />
        <p className={styles.hint}>{text.settings.passwordEffect}</p>
        <div>
          <Button type="submit" look="primary" disabled={fetching}>{text.settings.changePassword}</Button>
        </div>
      </form>
    </Card>
  );
}
