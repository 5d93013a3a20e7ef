import { useState } from 'react';
import { useQuery } from 'urql';
import { formatAgo, formatMoment } from '../../format/index.js';
import { useChange } from '../../graphql/useChange.js';
import { isAtLeast } from '../../session/roles.js';
import { useViewer } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { Button, Card, Dialog, ErrorNotice, Spinner, ui, useToast } from '../../ui/index.js';
import { RevokeApiToken, type Token, TokenPage } from './documents.js';
import { NewToken } from './NewToken.js';
import styles from './settings.module.css';

export function Tokens() {
  const { role } = useViewer();
  const [ofEverybody, setOfEverybody] = useState(false);
  const [isNew, setNew] = useState(false);
  const [asked, setAsked] = useState<Token | null>(null);
  const [{ data, error, fetching }, ask] = useQuery({ query: TokenPage, variables: { ofEverybody } });
  const tokens = data?.apiTokens?.nodes;
  return (
    <Card title={text.settings.tokens} actions={<Button onClick={() => { setNew(true); }}>{text.settings.newToken}</Button>}>
      <p className={styles.hint}>{text.settings.tokensHint}</p>
      {isAtLeast(role, 'ADMIN') && (
        <label className={styles.check}>
          <input type="checkbox" checked={ofEverybody} onChange={(event) => { setOfEverybody(event.target.checked); }} />
          {text.settings.ofEverybody}
        </label>
      )}
      <ErrorNotice error={error} onRetry={ask} />
      {!tokens && fetching && <Spinner />}
      {tokens?.length === 0 && <p className={styles.none}>{text.settings.noTokens}</p>}
      {tokens && tokens.length > 0 && (
        <div className={ui.scroll} tabIndex={0} role="region" aria-label={text.settings.tokens}>
          <table className={ui.table}>
            <thead>
              <tr>
                <th scope="col">{text.settings.tokenName}</th>
                {ofEverybody && <th scope="col">{text.settings.owner}</th>}
                <th scope="col">{text.settings.role}</th>
                <th scope="col">{text.settings.created}</th>
                <th scope="col">{text.settings.used}</th>
                <th scope="col">{text.settings.expires}</th>
                <td />
              </tr>
            </thead>
            <tbody><Rows key={String(ofEverybody)} ofEverybody={ofEverybody} onRevoke={setAsked} /></tbody>
          </table>
        </div>
      )}
      {isNew && <NewToken onClose={() => { setNew(false); }} />}
      {asked && <RevokeDialog token={asked} onClose={() => { setAsked(null); }} />}
    </Card>
  );
}

type RowsProps = { ofEverybody: boolean; after?: string; onRevoke: (token: Token) => void };

/** One page of the list; the next one begins where this one ends. */
function Rows({ ofEverybody, after, onRevoke }: RowsProps) {
  const [isMore, setMore] = useState(false);
  const [{ data, error, fetching }, ask] = useQuery({ query: TokenPage, variables: { ofEverybody, ...(after && { after }) } });
  const end = data?.apiTokens?.pageInfo.hasNextPage ? data.apiTokens.pageInfo.endCursor : null;
  return (
    <>
      {data?.apiTokens?.nodes.map((token) => <Row key={token.id} token={token} isOwnerShown={ofEverybody} onRevoke={() => { onRevoke(token); }} />)}
      {after && error && <tr><td colSpan={7}><ErrorNotice error={error} onRetry={ask} /></td></tr>}
      {end && (isMore ? <Rows ofEverybody={ofEverybody} after={end} onRevoke={onRevoke} /> : (
        <tr><td colSpan={7}><Button disabled={fetching} onClick={() => { setMore(true); }}>{text.settings.more}</Button></td></tr>
      ))}
    </>
  );
}

function Row({ token, isOwnerShown, onRevoke }: { token: Token; isOwnerShown: boolean; onRevoke: () => void }) {
  const { name, owner, role, createdAt, lastUsedAt, lastUsedFrom, expiresAt } = token;
  return (
    <tr>
      <td className={styles.tokenName}>{name}</td>
      {isOwnerShown && <td>{owner.name}</td>}
      <td>{text.common.roles[role]}</td>
      <td className={styles.moment}>{formatMoment(createdAt)}</td>
      <td className={styles.moment} title={lastUsedFrom ?? undefined}>{lastUsedAt ? formatAgo(lastUsedAt) : text.settings.never}</td>
      <td className={styles.moment}>{expiresAt ? formatMoment(expiresAt) : text.settings.never}</td>
      <td className={ui.number}>
        <Button aria-label={text.settings.revokeOf(name)} onClick={onRevoke}>{text.settings.revoke}</Button>
      </td>
    </tr>
  );
}

function RevokeDialog({ token: { id, name }, onClose }: { token: Token; onClose: () => void }) {
  const { run, isBusy, problems } = useChange(RevokeApiToken);
  const toast = useToast();
  const revoke = async () => {
    const { data } = await run({ id });
    if (!data?.revokeApiToken) return;
    toast({ message: text.settings.revoked(name) });
    onClose();
  };
  return (
    <Dialog title={text.settings.revokeTitle(name)} onClose={onClose}>
      <ErrorNotice problems={problems} />
      <p>{text.settings.revokeHint}</p>
      <div className={ui.actions}>
        <Button look="danger" disabled={isBusy} onClick={() => void revoke()}>{text.settings.revoke}</Button>
        <Button data-first onClick={onClose}>{text.common.cancel}</Button>
      </div>
    </Dialog>
  );
}
