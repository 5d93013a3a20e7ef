import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { formatCount, formatDay } from '../../format/index.js';
import { type News, useNews } from '../../graphql/useNews.js';
import { isAtLeast } from '../../session/roles.js';
import { useViewer } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { Button, Card, EmptyState, ErrorNotice, Page, Skeleton, ui, useIsNarrow } from '../../ui/index.js';
import styles from './categories.module.css';
import { DeleteDialog } from './DeleteDialog.js';
import { Categories, type Category, type CategoryPage, OneCategory } from './documents.js';
import { MergeDialog } from './MergeDialog.js';
import { MergedCard } from './MergedCard.js';
import { RenameDialog } from './RenameDialog.js';
import { useMerged } from './useMerged.js';
import { useUnmerge } from './useUnmerge.js';

const words = text.categories;
const PAUSE_MS = 250;
const MOST_COLUMNS = 4;

type Doing = { what: 'rename' | 'merge' | 'delete'; category: Category; into?: string };

export function CategoriesPage() {
  const viewer = useViewer();
  const { search, category } = useSearch({ from: '/shell/categories' });
  const [doing, setDoing] = useState<Doing | null>(null);
  const isAdmin = isAtLeast(viewer.role, 'ADMIN');
  const context = useNews(['CATEGORY', 'RECORD']);
  const { merged, reload } = useMerged(isAdmin, context);
  const unmerge = useUnmerge(reload);
  const close = () => { setDoing(null); };
  const onDo: Do | null = isAdmin ? (what, of) => { setDoing({ what, category: of }); } : null;

  return (
    <Page title={words.title}>
      <SearchField search={search ?? ''} />
      {category !== undefined && <Linked id={category} context={context} onDo={onDo} />}
      <List key={search ?? ''} search={search ?? null} context={context} onDo={onDo} />
      {isAdmin && <MergedCard merged={merged} onUndo={(each) => void unmerge(each)} />}
      {doing?.what === 'rename' && (
        <RenameDialog
          category={doing.category}
          onClose={close}
          onMergeInstead={(name) => { setDoing({ what: 'merge', category: doing.category, into: name }); }}
        />
      )}
      {doing?.what === 'merge' && (
        <MergeDialog
          category={doing.category}
          into={doing.into ?? ''}
          onClose={close}
          onMerged={reload}
          onUndo={(each) => void unmerge(each)}
        />
      )}
      {doing?.what === 'delete' && (
        <DeleteDialog category={doing.category} onClose={close} onMergeInstead={() => { setDoing({ what: 'merge', category: doing.category }); }} />
      )}
    </Page>
  );
}

/** Searches as one types; the address follows. */
function SearchField({ search }: { search: string }) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState(search);
  useEffect(() => {
    if (typed.trim() === search) return undefined;
    const timer = setTimeout(() => void navigate({ to: '/categories', search: { search: typed.trim() || undefined }, replace: true }), PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [navigate, search, typed]);
  return (
    <input
      type="search"
      className={ui.input}
      aria-label={words.search}
      placeholder={words.search}
      maxLength={100}
      value={typed}
      onChange={({ target }) => { setTyped(target.value); }}
    />
  );
}

type Do = (what: Doing['what'], category: Category) => void;

type ListProps = { search: string | null; context: News; onDo: Do | null };

function List({ search, context, onDo }: ListProps) {
  const [{ data, error, fetching }, ask] = useQuery({ query: Categories, variables: { search, after: null }, context });
  const list = data?.categories;
  if (list?.totalCount === 0) {
    return (
      <Card>
        <EmptyState title={search === null ? words.none : words.noMatch(search)}>{search === null && <p>{words.noneHint}</p>}</EmptyState>
      </Card>
    );
  }
  return (
    <Card title={list && words.count(list.totalCount, formatCount(list.totalCount))}>
      <ErrorNotice error={error} onRetry={ask} />
      {!list && !error && <Skeleton height="16em" />}
      {list && <Table onDo={onDo}>{(line) => <Lines list={list} isBusy={fetching} search={search} context={context} line={line} />}</Table>}
    </Card>
  );
}

type LineOf = (category: Category) => ReactNode;
type LinesProps = Omit<ListProps, 'onDo'> & { line: LineOf };

/** One page of the list, and what follows it. */
function Lines({ list, isBusy, ...rest }: LinesProps & { list: CategoryPage; isBusy: boolean }) {
  const [isMore, setMore] = useState(false);
  const end = list.pageInfo.hasNextPage ? list.pageInfo.endCursor : null;
  return (
    <>
      {list.nodes.map(rest.line)}
      {end !== null && (isMore
        ? <Next after={end} {...rest} />
        : <tr><td colSpan={MOST_COLUMNS}><Button disabled={isBusy} onClick={() => { setMore(true); }}>{words.more}</Button></td></tr>)}
    </>
  );
}

/** A further page. It starts after the last category of the page before, even when that page has changed. */
function Next({ after, ...rest }: LinesProps & { after: string }) {
  const { search, context } = rest;
  const [{ data, error, fetching }, ask] = useQuery({ query: Categories, variables: { search, after }, context });
  const list = data?.categories;
  return (
    <>
      {error && <tr><td colSpan={MOST_COLUMNS}><ErrorNotice error={error} onRetry={ask} /></td></tr>}
      {list && <Lines list={list} isBusy={fetching} {...rest} />}
    </>
  );
}

/** The one that a link, such as in the audit trail, is about. */
function Linked({ id, context, onDo }: { id: string; context: News; onDo: Do | null }) {
  const [{ data, error, fetching }, ask] = useQuery({ query: OneCategory, variables: { id }, context });
  const found = data?.node?.__typename === 'Category' ? data.node : null;
  return (
    <Card title={words.one} actions={<Link to="/categories" className={styles.all}>{words.all}</Link>}>
      <ErrorNotice error={error} onRetry={ask} />
      {!found && !fetching && !error && <p>{words.oneGone}</p>}
      {found?.mergedInto && <p>{`${found.name}: ${words.merged.into(found.mergedInto.name)}`}</p>}
      {found && !found.mergedInto && <Table onDo={onDo}>{(line) => line(found)}</Table>}
    </Card>
  );
}

function Table({ onDo, children }: { onDo: Do | null; children: (line: LineOf) => ReactNode }) {
  // Beside what can be done there is no room for a column more: the day stands below the name.
  const isBelow = useIsNarrow() && onDo !== null;
  return (
    <div className={ui.scroll}>
      <table className={ui.table}>
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col" className={ui.number}>{words.records}</th>
            {!isBelow && <th scope="col">{words.lastUsed}</th>}
            {onDo && <th scope="col"><span className={ui.hidden}>{words.actions}</span></th>}
          </tr>
        </thead>
        <tbody>{children((category) => <Line key={category.id} category={category} isBelow={isBelow} onDo={onDo} />)}</tbody>
      </table>
    </div>
  );
}

function Line({ category, isBelow, onDo }: { category: Category; isBelow: boolean; onDo: Do | null }) {
  const { name, recordCount, lastUsedOn } = category;
  return (
    <tr>
      <td>
        <Link to="/records" search={{ category: name }} className={styles.name}>{name}</Link>
        {isBelow && <p className={styles.quiet}>{lastUsedOn === null ? words.neverUsed : words.lastUsedOn(formatDay(lastUsedOn))}</p>}
      </td>
      <td className={ui.number}>{formatCount(recordCount)}</td>
      {!isBelow && <td className={styles.day}>{lastUsedOn === null ? words.never : formatDay(lastUsedOn)}</td>}
      {onDo && (
        <td className={styles.actions}>
          <Button look="plain" aria-label={words.renameOne(name)} onClick={() => { onDo('rename', category); }}>{words.rename}</Button>
          <Button look="plain" aria-label={words.mergeOne(name)} onClick={() => { onDo('merge', category); }}>{words.merge}</Button>
          {recordCount === 0 && (
            <Button look="plain" aria-label={words.deleteOne(name)} onClick={() => { onDo('delete', category); }}>{words.delete}</Button>
          )}
        </td>
      )}
    </tr>
  );
}
