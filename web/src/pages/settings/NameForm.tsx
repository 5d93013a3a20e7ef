import { useState } from 'react';
import { useClient } from 'urql';
import { useChange } from '../../graphql/useChange.js';
import { useSession } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { Button, Conflict, ErrorNotice, TextField, ui, useToast } from '../../ui/index.js';
import { type Me, OwnAccount, UpdateProfile } from './documents.js';

/** What everybody changes themselves. */
export function NameForm({ me }: { me: Me }) {
  // What is typed, and over which version: another may come meanwhile.
  const [edit, setEdit] = useState<{ base: Me; name: string } | null>(null);
  const [theirs, setTheirs] = useState<Me | null>(null);
  const { run, isBusy, problems, fieldProblems, reset } = useChange(UpdateProfile);
  const client = useClient();
  const { session } = useSession();
  const toast = useToast();
  const base = edit?.base ?? me;
  const name = edit?.name ?? me.name;

  const forget = () => {
    setEdit(null);
    setTheirs(null);
    reset();
  };
  const done = (message: string) => {
    forget();
    toast({ message });
    // The name at the side of the page.
    void session.freshToken({ evenIfValid: true });
  };
  const save = async (version: number | null) => {
    const { data, problems: refused } = await run({ name, expectedVersion: version });
    if (data?.updateProfile) done(text.settings.nameSaved);
    if (!refused?.some(({ code }) => code === 'VERSION_CONFLICT')) return;
    const { data: now } = await client.query(OwnAccount, {}, { requestPolicy: 'network-only' }).toPromise();
    if (!now?.me) return;
    reset();
    if (now.me.name === name) done(text.settings.sameAlready);
    else setTheirs(now.me);
  };

  return (
    <form
      className={ui.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save(base.version);
      }}
    >
      {theirs && (
        <Conflict
          differences={[{ label: text.settings.name, theirs: theirs.name, yours: name }]}
          isBusy={isBusy}
          onKeep={() => void save(theirs.version)}
          onTake={forget}
        >
          {text.settings.changedMeanwhile}
        </Conflict>
      )}
      <ErrorNotice problems={problems.filter(({ field, code }) => field !== 'name' && code !== 'VERSION_CONFLICT')} />
      <TextField
        label={text.settings.name}
        name="name"
        autoComplete="name"
        maxLength={100}
        value={name}
        problems={fieldProblems.get('name')}
        onChange={({ target }) => { setEdit({ base, name: target.value }); }}
      />
      <div className={ui.actions}>
        <Button type="submit" disabled={isBusy || theirs !== null || name === base.name}>{text.settings.saveName}</Button>
        {edit && <Button onClick={forget}>{text.common.cancel}</Button>}
      </div>
    </form>
  );
}
