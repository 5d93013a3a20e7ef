import { useNavigate, useSearch } from '@tanstack/react-router';
import { useQuery } from 'urql';
import { text } from '../../text/index.js';
import { Button, Chip, Select } from '../../ui/index.js';
import styles from './audit.module.css';
import { Actor, Actors } from './documents.js';
import { auditSearch, type AuditSearch } from './search.js';

/** In the reader's language, in the order of that. */
function options(names: Readonly<Record<string, string>>) {
  return Object.entries(names)
    .sort(([, a], [, b]) => a.localeCompare(b))
    .map(([value, name]) => <option key={value} value={value}>{name}</option>);
}

export function AuditFilters() {
  const search = useSearch({ from: '/shell/admins/audit' });
  const navigate = useNavigate({ from: '/audit' });
  const choose = (changes: AuditSearch) => {
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true });
  };
  const { type, action, by, about, from, to } = search;
  return (
    <div className={styles.filters} role="search">
      <Select label={text.audit.what} value={type ?? ''} onChange={(event) => { choose({ type: auditSearch({ type: event.target.value }).type }); }}>
        <option value="">{text.audit.anything}</option>
        {options(text.audit.entities)}
      </Select>
      <Select label={text.audit.action} value={action ?? ''} onChange={(event) => { choose({ action: auditSearch({ action: event.target.value }).action }); }}>
        <option value="">{text.audit.anyAction}</option>
        {options(text.audit.actions)}
      </Select>
      <WhoSelect by={by} onChange={(chosen) => { choose({ by: chosen }); }} />
      <DayField label={text.audit.from} day={from} max={to} onChange={(day) => { choose({ from: day }); }} />
      <DayField label={text.audit.to} day={to} min={from} onChange={(day) => { choose({ to: day }); }} />
      {about && (
        <Chip remove={{ label: text.audit.removeAbout, run: () => { choose({ about: undefined }); } }}>{text.audit.about}</Chip>
      )}
      {(type || action || by || about || from || to) && (
        <Button look="plain" onClick={() => void navigate({ search: {}, replace: true })}>{text.audit.clear}</Button>
      )}
    </div>
  );
}

function WhoSelect({ by, onChange }: { by: string | undefined; onChange: (by: string | undefined) => void }) {
  const [{ data }] = useQuery({ query: Actors });
  // The list has the newest ones only.
  const [{ data: found }] = useQuery({ query: Actor, variables: { id: by ?? '' }, pause: !by });
  const listed = data?.users?.nodes ?? [];
  const users = found?.user && !listed.some(({ id }) => id === by) ? [found.user, ...listed] : listed;
  return (
    <Select label={text.audit.who} value={by ?? ''} onChange={(event) => { onChange(event.target.value || undefined); }}>
      <option value="">{text.audit.anybody}</option>
      {users.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
    </Select>
  );
}

type DayProps = { label: string; day: string | undefined; min?: string | undefined; max?: string | undefined; onChange: (day: string | undefined) => void };

function DayField({ label, day, min, max, onChange }: DayProps) {
  return (
    <label className={styles.day}>
      {label}
      <input type="date" value={day ?? ''} min={min} max={max} onChange={(event) => { onChange(event.target.value || undefined); }} />
    </label>
  );
}
