import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useClient, useQuery } from 'urql';
import { useCurrencies, useOrganization } from '../../session/organization.js';
import { isAtLeast } from '../../session/roles.js';
import { useViewer } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { Button, classes, EmptyState, ErrorNotice, Page, Select } from '../../ui/index.js';
import { BulkBar } from './BulkBar.js';
import { RecordQuery, SumsQuery } from './documents.js';
import { ExportMenu } from './ExportMenu.js';
import { FilterChips } from './FilterChips.js';
import { FilterDialog } from './FilterDialog.js';
import { RecordPanel } from './RecordPanel.js';
import { RecordTable } from './RecordTable.js';
import styles from './records.module.css';
import { DEFAULT_SORT, filterOf, NO_FILTER, orderOf, type RecordsSearch, type Sort } from './search.js';
import { SearchBox } from './SearchBox.js';
import { everything, nothing, type Selection, toggled, toggledThrough, without } from './selection.js';
import { ShortcutsDialog } from './ShortcutsDialog.js';
import { Sums } from './Sums.js';
import { useLive } from './useLive.js';
import { useRecordList } from './useRecordList.js';
import { useSameObject } from './useSameObject.js';
import { useShortcuts } from './useShortcuts.js';

const words = text.records;
const route = getRouteApi('/shell/records');

export function RecordsPage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/records' });
  const { role } = useViewer();
  const client = useClient();
  const mayEnter = isAtLeast(role, 'ANALYST');
  const isAdmin = isAtLeast(role, 'ADMIN');
  const isTrash = search.deleted === 'ONLY';

  const filter = useSameObject(filterOf(search));
  const orderBy = useSameObject(orderOf(search.sort));
  const isFiltered = Object.keys(filter).length > 0;
  const { list, state } = useRecordList(filter, orderBy);
  const [{ data, error: sumsError }, askSums] = useQuery({ query: SumsQuery, variables: { filter } });
  const sums = data?.records ?? null;
  const totalCount = sums?.totalCount ?? null;
  const summaries = sums?.summaries ?? [];
  const currencies = useCurrencies();
  const baseCurrency = useOrganization()?.baseCurrency;
  const shownCurrencies = summaries.map(({ income }) => income.currency);
  const onlyCurrency = shownCurrencies.length > 1 ? null : (shownCurrencies[0] ?? baseCurrency ?? null);
  const digits = Math.max(0, ...currencies.filter(({ code }) => shownCurrencies.includes(code)).map(({ fractionDigits }) => fractionDigits));

  // What is ticked belongs to a list: another filter begins with nothing.
  const [ticked, setTicked] = useState<{ filter: object; selection: Selection }>({ filter, selection: nothing });
  const selection = ticked.filter === filter ? ticked.selection : nothing;
  const setSelection = useCallback((next: Selection) => { setTicked({ filter, selection: next }); }, [filter]);
  const lastToggled = useRef<string | null>(null);
  const toggle = (id: string, isThrough: boolean) => {
    const ids = state.records.map((record) => record.id);
    setSelection(isThrough ? toggledThrough(selection, lastToggled.current, id, ids) : toggled(selection, id, ids));
    lastToggled.current = id;
  };

  const change = useCallback((changes: Partial<RecordsSearch>, replace = false) => (
    void navigate({ search: (before) => ({ ...before, ...changes }), replace, resetScroll: false })
  ), [navigate]);
  const sortBy = useCallback((sort: Sort) => { change({ sort: sort === DEFAULT_SORT ? undefined : sort }); }, [change]);
  const searchFor = useCallback((searched: string) => { change({ search: searched === '' ? undefined : searched }, true); }, [change]);
  const open = useCallback((id: string) => { change({ record: id, new: undefined }); }, [change]);
  const close = useCallback(() => { change({ record: undefined, new: undefined }); }, [change]);
  const enter = useCallback(() => { change({ record: undefined, new: '' }); }, [change]);

  useLive(list, filter, (id, record) => {
    if (!record) setSelection(without(selection, id));
    // It may be one that this list does not have (any more).
    if (id === search.record && !record) void client.query(RecordQuery, { id }, { requestPolicy: 'network-only' }).toPromise();
  }, () => { askSums({ requestPolicy: 'network-only' }); });

  const searchBox = useRef<HTMLInputElement>(null);
  const [dialog, setDialog] = useState<'filter' | 'shortcuts' | null>(null);
  const isOpen = search.record !== undefined || search.new !== undefined;
  useShortcuts(useMemo(() => ({
    '/': () => { searchBox.current?.focus(); },
    '?': () => { setDialog('shortcuts'); },
    ...(mayEnter && { n: enter }),
    ...(isOpen && { Escape: close }),
  }), [close, enter, isOpen, mayEnter]));

  // Another list begins at its top.
  const shown = useRef(list);
  useEffect(() => {
    if (shown.current !== list) window.scrollTo({ top: 0 });
    shown.current = list;
  }, [list]);

  const isEmpty = state.records.length === 0 && !state.hasMore;
  const ask = useCallback(() => {
    void list.reload();
    askSums({ requestPolicy: 'network-only' });
  }, [askSums, list]);
  const more = useCallback(() => { void list.loadMore(); }, [list]);
  const onDone = useCallback(() => {
    setSelection(nothing);
    void list.reload();
  }, [list, setSelection]);

  return (
    <Page
      title={isTrash ? words.trash : words.title}
      className={classes(styles.page, isOpen && styles.beside)}
      actions={
        <>
          {isAdmin && (
            <Button onClick={() => { change({ deleted: isTrash ? undefined : 'ONLY', record: undefined, new: undefined }); }}>
              {isTrash ? words.leaveTrash : words.openTrash}
            </Button>
          )}
          <ExportMenu filter={filter} orderBy={orderBy} />
          {mayEnter && <Button look="primary" onClick={enter}>{words.newRecord}</Button>}
        </>
      }
    >
      <div className={styles.bar}>
        <SearchBox ref={searchBox} value={search.search ?? ''} onChange={searchFor} />
        <Button onClick={() => { setDialog('filter'); }} aria-haspopup="dialog">{words.filter.open}</Button>
        <Select
          label={words.sortBy}
          value={search.sort ?? DEFAULT_SORT}
          onChange={(event) => { sortBy(event.currentTarget.value as Sort); }}
        >
          {Object.entries(words.sorts).map(([sort, name]) => <option key={sort} value={sort}>{name}</option>)}
        </Select>
        <Button look="plain" className={styles.keys} aria-label={words.shortcuts} onClick={() => { setDialog('shortcuts'); }}>?</Button>
      </div>
      <FilterChips search={search} onChange={change} />
      {!sumsError && <Sums sums={sums} />}
      <ErrorNotice error={state.error ?? sumsError} onRetry={ask} />
      {isEmpty ? (
        <EmptyState title={words.none}>
          <p>{isTrash ? words.noneDeleted : isFiltered ? words.noneMatch : mayEnter ? words.noneYet : words.noneYetToRead}</p>
          {isFiltered && !isTrash && <Button onClick={() => { change(NO_FILTER); }}>{words.clearFilters}</Button>}
        </EmptyState>
      ) : (
        <RecordTable
          state={state}
          totalCount={totalCount}
          currency={onlyCurrency}
          digits={digits}
          sort={search.sort}
          onSort={sortBy}
          selection={mayEnter && (isAdmin || !isTrash) ? selection : null}
          onToggle={toggle}
          onToggleAll={() => { setSelection(selection.isAll ? nothing : everything); }}
          isMixed={search.deleted === 'INCLUDE'}
          openId={search.record}
          onOpen={open}
          onMore={more}
        />
      )}
      {(selection.isAll || selection.ids.size > 0) && (
        <BulkBar
          selection={selection}
          isTrash={isTrash}
          isAdmin={isAdmin}
          filter={filter}
          totalCount={totalCount ?? 0}
          onSelectAll={() => { setSelection(everything); }}
          onClear={() => { setSelection(nothing); }}
          onDone={onDone}
        />
      )}
      {isOpen && (
        <RecordPanel
          key={search.record ?? 'new'}
          id={search.record}
          filter={filter}
          orderBy={orderBy}
          list={list}
          onClose={close}
        />
      )}
      {dialog === 'filter' && <FilterDialog search={search} onApply={change} onClose={() => { setDialog(null); }} />}
      {dialog === 'shortcuts' && <ShortcutsDialog onClose={() => { setDialog(null); }} />}
    </Page>
  );
}

