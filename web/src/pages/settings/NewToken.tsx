import { useRef, useState } from 'react';
import { addDays, today } from '../../format/index.js';
import { useChange } from '../../graphql/useChange.js';
import { type Role, rolesUpTo } from '../../session/roles.js';
import { useViewer } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { Button, Dialog, ErrorNotice, Field, SelectField, TextField, ui } from '../../ui/index.js';
import { CreateApiToken } from './documents.js';
import { EXPIRIES, type Expiry, expiresAtOf } from './expiry.js';
import styles from './settings.module.css';

export function NewToken({ onClose }: { onClose: () => void }) {
  // What is shown this once: its text, or null where that was lost.
  const [made, setMade] = useState<{ token: string | null } | null>(null);
  return (
    <Dialog key={String(made !== null)} title={made ? text.settings.tokenReady : text.settings.newToken} onClose={onClose}>
      {made ? <Made token={made.token} onClose={onClose} /> : <TokenForm onMade={(token) => { setMade({ token }); }} onClose={onClose} />}
    </Dialog>
  );
}

const FIELDS = ['name', 'role', 'expiresAt'];

function TokenForm({ onMade, onClose }: { onMade: (token: string | null) => void; onClose: () => void }) {
  const viewer = useViewer();
  const offered = rolesUpTo(viewer.role);
  const { run, isBusy, problems, fieldProblems } = useChange(CreateApiToken);
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('VIEWER');
  const [expiry, setExpiry] = useState<Expiry>('90');
  const [day, setDay] = useState(() => addDays(today(), 90));

  const create = async () => {
    const { data } = await run({ name, role, expiresAt: expiresAtOf(expiry, day) });
    if (data?.createApiToken) onMade(data.createApiToken.token);
  };

  return (
    <form
      className={ui.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <ErrorNotice problems={problems.filter(({ field }) => !field || !FIELDS.includes(field))} />
      <TextField
        label={text.settings.tokenName}
        hint={text.settings.tokenNameHint}
        data-first
        autoComplete="off"
        value={name}
        problems={fieldProblems.get('name')}
        onChange={(event) => { setName(event.target.value); }}
      />
      <SelectField
        label={text.settings.tokenRole}
        hint={text.users.roleHints[role]}
        value={role}
        problems={fieldProblems.get('role')}
        onChange={(event) => {
          const chosen = offered.find((each) => each === event.target.value);
          if (chosen) setRole(chosen);
        }}
      >
        {offered.map((each) => <option key={each} value={each}>{text.common.roles[each]}</option>)}
      </SelectField>
      <SelectField
        label={text.settings.expiry}
        value={expiry}
        problems={expiry === 'day' ? undefined : fieldProblems.get('expiresAt')}
        onChange={(event) => {
          const chosen = EXPIRIES.find((each) => each === event.target.value);
          if (chosen) setExpiry(chosen);
        }}
      >
        {EXPIRIES.map((each) => <option key={each} value={each}>{text.settings.expiries[each]}</option>)}
      </SelectField>
      {expiry === 'day' && (
        <TextField
          label={text.settings.expiryDay}
          type="date"
          value={day}
          min={today()}
          problems={fieldProblems.get('expiresAt')}
          onChange={(event) => { setDay(event.target.value); }}
        />
      )}
      <div className={ui.actions}>
        <Button type="submit" look="primary" disabled={isBusy || (expiry === 'day' && day === '')}>{text.settings.createToken}</Button>
        <Button onClick={onClose}>{text.common.cancel}</Button>
      </div>
    </form>
  );
}

function Made({ token, onClose }: { token: string | null; onClose: () => void }) {
  const [said, setSaid] = useState('');
  const shown = useRef<HTMLTextAreaElement>(null);
  if (token === null) return <p>{text.settings.tokenReplayed}</p>;

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(token);
      setSaid(text.settings.copied);
    } catch {
      // Without HTTPS there is no clipboard, and a person can forbid it.
      shown.current?.select();
      setSaid(text.settings.copyYourself);
    }
  };
  return (
    <div className={ui.form}>
      <p>{text.settings.tokenReadyHint}</p>
      <Field label={text.settings.token}>
        {(wiring) => <textarea {...wiring} ref={shown} className={styles.token} value={token} readOnly rows={2} onFocus={(event) => { event.target.select(); }} />}
      </Field>
      <p role="status" className={styles.hint}>{said}</p>
      <div className={ui.actions}>
        <Button look="primary" data-first onClick={() => void copy()}>{text.settings.copy}</Button>
        <Button onClick={onClose}>{text.settings.done}</Button>
      </div>
    </div>
  );
}
