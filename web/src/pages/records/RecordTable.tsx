import { createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table';
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { formatDay } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Chip, classes, Skeleton, useIsNarrow, VisuallyHidden } from '../../ui/index.js';
import type { ListedRecord } from './documents.js';
import type { ListState } from './RecordList.js';
import { AlignedAmount, describe } from './RecordRow.js';
import styles from './records.module.css';
import { DEFAULT_SORT, nextSort, type Sort, type SortName, sortName } from './search.js';
import { isSelected, type Selection } from './selection.js';

const words = text.records;
const ROW_PX = 38;
const NARROW_ROW_PX = 62;
/** The next page is asked for when so many rows are left. */
const AHEAD = 120;
/** Places that are shown for what is still to come. */
const MOST_SKELETONS = 40;

const features = tableFeatures({});
const helper = createColumnHelper<typeof features, ListedRecord>();
const columns = helper.columns([
  helper.accessor('date', { header: words.columns.date, cell: ({ getValue }) => formatDay(getValue()) }),
  helper.accessor('counterparty', { header: words.columns.counterparty, cell: ({ getValue }) => getValue() ?? '' }),
  helper.accessor(({ category }) => category.name, {
    id: 'category',
    header: words.columns.category,
    cell: ({ getValue }) => <Chip>{getValue()}</Chip>,
  }),
  helper.accessor('notes', { header: words.columns.notes, cell: ({ getValue }) => getValue() }),
  helper.display({ id: 'amount', header: words.columns.amount }),
  helper.display({ id: 'currency', header: words.columns.currency, cell: ({ row }) => row.original.amount?.currency }),
]);

const sortOf: Readonly<Partial<Record<string, SortName>>> = { date: 'date', amount: 'amount' };

type Props = {
  state: ListState;
  totalCount: number | null;
  /** Where all records are in one, it is said once, above them. */
  currency: string | null;
  digits: number;
  sort: Sort | undefined;
  onSort: (sort: Sort) => void;
  /** Null where there is nothing that could be done with what is selected. */
  selection: Selection | null;
  onToggle: (id: string, isThrough: boolean) => void;
  onToggleAll: () => void;
  /** Whether deleted records stand among others. */
  isMixed: boolean;
  openId: string | undefined;
  onOpen: (id: string) => void;
  onMore: () => void;
};

export function RecordTable({
  state, totalCount, currency, digits, sort = DEFAULT_SORT, onSort, selection, onToggle, onToggleAll, isMixed, openId, onOpen, onMore,
}: Props) {
  const { records, hasMore } = state;
  const isNarrow = useIsNarrow();
  const rowHeight = isNarrow ? NARROW_ROW_PX : ROW_PX;
  const body = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [active, setActive] = useState(0);
  const activeIndex = Math.min(active, Math.max(records.length - 1, 0));

  const missing = totalCount === null ? MOST_SKELETONS : Math.max(totalCount - records.length, 1);
  const count = records.length + (hasMore ? Math.min(missing, MOST_SKELETONS) : 0);

  // The row with the focus stays, also where it is scrolled out of sight: otherwise the focus would be lost.
  const rangeExtractor = useCallback((range: Range) => (
    [...new Set([...defaultRangeExtractor(range), ...(activeIndex < range.count ? [activeIndex] : [])])].sort((a, b) => a - b)
  ), [activeIndex]);
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollMargin: top,
    scrollPaddingStart: 44,
    scrollPaddingEnd: isNarrow ? 72 : 12,
    rangeExtractor,
    getItemKey: (index) => records[index]?.id ?? index,
  });
  useEffect(() => { virtualizer.measure(); }, [virtualizer, rowHeight]);

  // What stands above the list grows and shrinks.
  useLayoutEffect(() => {
    const measure = () => {
      if (body.current) setTop(Math.round(body.current.getBoundingClientRect().top + window.scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => { observer.disconnect(); };
  }, []);

  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !state.isLoading && !state.error && last > records.length - AHEAD) onMore();
  }, [hasMore, last, onMore, records.length, state.error, state.isLoading]);

  // Only what can be seen is made into rows: a table over everything would be made anew with each page.
  const shown = useMemo(() => items.flatMap(({ index }) => records[index] ?? []), [items, records]);
  const table = useTable({ features, columns, data: shown, getRowId: ({ id }) => id });
  const rows = new Map(table.getRowModel().rows.map((row) => [row.id, row]));

  const focusRow = (index: number) => {
    const to = Math.max(0, Math.min(records.length - 1, index));
    setActive(to);
    virtualizer.scrollToIndex(to);
    requestAnimationFrame(() => {
      body.current?.querySelector<HTMLElement>(`[data-index='${String(to)}']`)?.focus({ preventScroll: true });
    });
  };

  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const record = records[activeIndex];
    const page = Math.max(1, Math.floor(window.innerHeight / rowHeight) - 3);
    const actions: Record<string, () => void> = {
      ArrowDown: () => { focusRow(activeIndex + 1); },
      ArrowUp: () => { focusRow(activeIndex - 1); },
      PageDown: () => { focusRow(activeIndex + page); },
      PageUp: () => { focusRow(activeIndex - page); },
      Home: () => { focusRow(0); },
      End: () => { focusRow(records.length - 1); },
      Enter: () => { if (record) onOpen(record.id); },
      x: () => { if (record && selection) onToggle(record.id, false); },
      X: () => { if (record && selection) onToggle(record.id, true); },
      ' ': () => { if (record && selection) onToggle(record.id, event.shiftKey); },
    };
    const run = actions[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  };

  const click = (event: MouseEvent, record: ListedRecord, index: number) => {
    setActive(index);
    if (event.shiftKey && selection) onToggle(record.id, true);
    else onOpen(record.id);
  };

  const isCurrencyShown = currency === null;
  const isSelectable = selection !== null;
  const width = classes(styles.columns, isSelectable && styles.selectable, isCurrencyShown && styles.withCurrency);

  return (
    <div
      className={styles.grid}
      role="grid"
      aria-label={words.list}
      aria-rowcount={totalCount === null ? -1 : totalCount + 1}
      aria-multiselectable={isSelectable || undefined}
      aria-busy={state.isLoading}
    >
      <div role="rowgroup" className={styles.head}>
        <div role="row" aria-rowindex={1} className={classes(styles.headRow, width)}>
          {isSelectable && (
            <div role="columnheader" className={styles.check}>
              <label className={styles.tick}>
                <VisuallyHidden>{words.selectAll}</VisuallyHidden>
                <input type="checkbox" checked={selection.isAll} onChange={onToggleAll} disabled={records.length === 0} />
              </label>
            </div>
          )}
          {table.getHeaderGroups()[0]?.headers.filter(({ column }) => isCurrencyShown || column.id !== 'currency').map((header) => {
            const name = sortOf[header.column.id];
            const isSorted = name !== undefined && sortName(sort) === name;
            const isDescending = sort.startsWith('-');
            const label = header.column.id === 'amount' && currency ? words.columns.amountIn(currency) : <table.FlexRender header={header} />;
            return (
              <div
                key={header.id}
                role="columnheader"
                className={styles[header.column.id]}
                aria-sort={isSorted ? (isDescending ? 'descending' : 'ascending') : undefined}
              >
                {name === undefined ? label : (
                  <button type="button" className={styles.sort} onClick={() => { onSort(nextSort(sort, name)); }}>
                    {label}
                    {isSorted && <span aria-hidden="true"> {isDescending ? '↓' : '↑'}</span>}
                  </button>
                )}
              </div>
            );
          })}
        </div>
      </div>
      <div
        role="rowgroup"
        ref={body}
        className={styles.body}
        style={{ height: virtualizer.getTotalSize() }}
        onKeyDown={press}
      >
        {items.map(({ index, key, start, size }) => {
          const record = records[index];
          const place = { height: size, transform: `translateY(${String(start - top)}px)` };
          if (!record) {
            return <div key={key} role="presentation" className={classes(styles.row, width)} style={place}><SkeletonRow isSelectable={isSelectable} isCurrencyShown={isCurrencyShown} /></div>;
          }
          const row = rows.get(record.id);
          const isTicked = selection !== null && isSelected(selection, record.id);
          return (
            <div
              key={key}
              role="row"
              data-index={index}
              aria-rowindex={index + 2}
              aria-selected={isSelectable ? isTicked : undefined}
              tabIndex={index === activeIndex ? 0 : -1}
              className={classes(styles.row, width, isTicked && styles.ticked, record.id === openId && styles.open, isMixed && record.deletedAt !== null && styles.deleted)}
              style={place}
              onFocus={() => { setActive(index); }}
              onClick={(event) => { click(event, record, index); }}
            >
              {isSelectable && (
                <div role="gridcell" className={styles.check} onClick={(event) => { event.stopPropagation(); }}>
                  <label className={styles.tick}>
                    <VisuallyHidden>{words.selectRecord(describe(record))}</VisuallyHidden>
                    <input
                      type="checkbox"
                      tabIndex={-1}
                      checked={isTicked}
                      onChange={({ nativeEvent }) => { onToggle(record.id, 'shiftKey' in nativeEvent && nativeEvent.shiftKey === true); }}
                    />
                  </label>
                </div>
              )}
              {row?.getAllCells().filter(({ column }) => isCurrencyShown || column.id !== 'currency').map((cell) => (
                <div key={cell.id} role="gridcell" className={styles[cell.column.id]}>
                  {cell.column.id === 'amount' ? <AlignedAmount record={record} digits={digits} />
                  : cell.column.id === 'counterparty' && isNarrow ? record.counterparty ?? record.notes
                  : <table.FlexRender cell={cell} />}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function SkeletonRow({ isSelectable, isCurrencyShown }: { isSelectable: boolean; isCurrencyShown: boolean }) {
  return (
    <>
      {isSelectable && <span className={styles.check} />}
      <span className={styles.date}><Skeleton width="70%" /></span>
      <span className={styles.counterparty}><Skeleton width="60%" /></span>
      <span className={styles.category}><Skeleton width="50%" /></span>
      <span className={styles.notes}><Skeleton width="70%" /></span>
      <span className={styles.amount}><Skeleton width="60%" /></span>
      {isCurrencyShown && <span className={styles.currency}><Skeleton width="2em" /></span>}
    </>
  );
}
