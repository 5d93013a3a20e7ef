import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { rolesUpTo } from '../../session/roles.js';
import { text } from '../../text/index.js';
import { Button, classes, Select, ui } from '../../ui/index.js';
import { usersSearch, type UsersSearch } from './search.js';
import styles from './users.module.css';

const AFTER_TYPING_MS = 250;

export function UserFilters() {
  const search = useSearch({ from: '/shell/admins/users' });
  const navigate = useNavigate({ from: '/users' });
  // What is being typed, until it is in the address.
  const [typed, setTyped] = useState<string | null>(null);

  useEffect(() => {
    if (typed === null) return undefined;
    const timer = setTimeout(() => {
      void navigate({ search: (before) => ({ ...before, search: typed.trim() || undefined }), replace: true });
      setTyped(null);
    }, AFTER_TYPING_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, navigate]);

  const choose = (changes: UsersSearch) => {
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true });
  };
  const { role, active } = search;
  return (
    <div className={styles.filters} role="search">
      <input
        type="search"
        className={classes(ui.input, styles.search)}
        aria-label={text.users.search}
        placeholder={text.users.search}
        maxLength={100}
        value={typed ?? search.search ?? ''}
        onChange={(event) => { setTyped(event.target.value); }}
      />
      <Select label={text.users.role} value={role ?? ''} onChange={(event) => { choose({ role: usersSearch({ role: event.target.value }).role }); }}>
        <option value="">{text.users.allRoles}</option>
        {rolesUpTo('ADMIN').map((each) => <option key={each} value={each}>{text.common.roles[each]}</option>)}
      </Select>
      <Select label={text.users.status} value={active ?? ''} onChange={(event) => { choose({ active: usersSearch({ active: event.target.value }).active }); }}>
        <option value="">{text.users.anyStatus}</option>
        <option value="yes">{text.users.active}</option>
        <option value="no">{text.users.inactive}</option>
      </Select>
      {(search.search || role || active) && (
        <Button look="plain" onClick={() => { choose({ search: undefined, role: undefined, active: undefined }); }}>{text.users.clear}</Button>
      )}
    </div>
  );
}
