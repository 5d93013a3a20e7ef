import { useState } from 'react';
import { useQuery } from 'urql';
import { useChange } from '../../graphql/useChange.js';
import { type Role, rolesUpTo } from '../../session/roles.js';
import { text } from '../../text/index.js';
import { Button, entered, ErrorNotice, Panel, SelectField, TextField, ui, useToast } from '../../ui/index.js';
import { CreateUser, PasswordLimit } from './documents.js';

const FIELDS = ['name', 'email', 'role', 'password'];

export function NewUser({ onClose }: { onClose: () => void }) {
  const { run, isBusy, problems, fieldProblems } = useChange(CreateUser);
  const [{ data: limited }] = useQuery({ query: PasswordLimit, requestPolicy: 'cache-first' });
  const [role, setRole] = useState<Role>('VIEWER');
  const toast = useToast();

  const send = async (form: FormData) => {
    const { data } = await run({ name: entered(form, 'name'), email: entered(form, 'email'), role, password: entered(form, 'password') });
    if (!data?.createUser) return;
    const { user, replayed } = data.createUser;
    toast({ message: replayed ? text.users.createdBefore(user.name) : text.users.created(user.name) });
    onClose();
  };

  return (
    <Panel title={text.users.add} onClose={onClose}>
      <form
        className={ui.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send(new FormData(event.currentTarget));
        }}
      >
        <ErrorNotice problems={problems.filter(({ field }) => !field || !FIELDS.includes(field))} />
        <TextField label={text.users.name} name="name" autoComplete="off" problems={fieldProblems.get('name')} />
        <TextField label={text.users.email} name="email" type="email" autoComplete="off" problems={fieldProblems.get('email')} />
        <RoleField role={role} onChange={setRole} problems={fieldProblems.get('role')} />
        <TextField
          label={text.users.password}
          name="password"
          type="password"
          autoComplete="new-password"
          hint={limited?.organization && text.users.passwordHint(limited.organization.limits.minPasswordLength)}
          problems={fieldProblems.get('password')}
        />
        <div className={ui.actions}>
          <Button type="submit" look="primary" disabled={isBusy}>{text.users.create}</Button>
          <Button onClick={onClose}>{text.common.cancel}</Button>
        </div>
      </form>
    </Panel>
  );
}

type RoleProps = { role: Role; onChange: (role: Role) => void; problems: readonly string[] | undefined };

export function RoleField({ role, onChange, problems }: RoleProps) {
  return (
    <SelectField
      label={text.users.role}
      name="role"
      value={role}
      hint={text.users.roleHints[role]}
      problems={problems}
      onChange={(event) => {
        const chosen = rolesUpTo('ADMIN').find((each) => each === event.target.value);
        if (chosen) onChange(chosen);
      }}
    >
      {rolesUpTo('ADMIN').map((each) => <option key={each} value={each}>{text.common.roles[each]}</option>)}
    </SelectField>
  );
}
