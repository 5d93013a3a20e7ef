import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useQuery, useSubscription } from 'urql';
import { formatDays, today } from '../../format/index.js';
import type { VariablesOf } from '../../graphql/index.js';
import { useOrganization } from '../../session/organization.js';
import { isAtLeast } from '../../session/roles.js';
import { useViewer } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { Button, buttonClass, Card, EmptyState, ErrorNotice, Page, Select, Skeleton } from '../../ui/index.js';
import { Categories } from './Categories.js';
import { Controls, OwnRange } from './Controls.js';
import { type Dashboard, DashboardChanged, DashboardQuery } from './documents.js';
import styles from './dashboard.module.css';
import { Latest } from './Latest.js';
import { daysIn, isDay, offeredIntervals, type Range, rangeOf, usualInterval } from './ranges.js';
import type { DashboardSearch, IntervalName } from './search.js';
import { Tiles } from './Tiles.js';
import { TrendChart, TrendPlace } from './TrendChart.js';
import { TrendTable } from './TrendTable.js';

const FEW_CATEGORIES = 6;
const MANY_CATEGORIES = 100;

const intervals = { day: 'DAY', week: 'WEEK', month: 'MONTH', quarter: 'QUARTER', year: 'YEAR' } as const;

export function DashboardPage() {
  const search = useSearch({ from: '/shell/' });
  const navigate = useNavigate({ from: '/' });
  const organization = useOrganization();
  const range = useRange(search);
  const days = range && daysIn(range);
  const usual = usualInterval(days);
  const interval = search.interval && offeredIntervals(days).includes(search.interval) ? search.interval : usual;

  const variables: VariablesOf<typeof DashboardQuery> = {
    filter: { from: range?.from ?? null, to: range?.to ?? null, currency: search.currency ?? null },
    compareWith: search.compare === 'period' ? 'PREVIOUS_PERIOD' : 'PREVIOUS_YEAR',
    interval: intervals[interval],
    categories: search.categories === 'all' ? MANY_CATEGORIES : FEW_CATEGORIES,
    kind: search.kind ?? 'EXPENSE',
  };
  const [{ data, error }, ask] = useQuery({ query: DashboardQuery, variables, pause: range === null });
  useSubscription({ query: DashboardChanged, variables, pause: range === null });
  const dashboard = data?.dashboard;

  const change = (changed: DashboardSearch) => {
    const own = changed.range === 'own' && range ? { from: range.from ?? today(), to: range.to ?? today() } : {};
    const others = changed.range && changed.range !== 'own' ? { from: undefined, to: undefined } : {};
    void navigate({ search: (before) => ({ ...before, ...own, ...others, ...changed }), replace: true });
  };

  // Whether there is a choice of currencies is known then. One that came later would move all the rest.
  const isKnown = organization !== null || dashboard !== undefined;
  const isEmpty = organization?.currencies?.length === 0 && dashboard?.summary.recordCount === 0;
  return (
    <Page title={text.dashboard.title} actions={isKnown && <Controls search={search} currency={dashboard?.currency} onChange={change} />}>
      {search.range === 'own' && <OwnRange search={search} onChange={change} />}
      <ErrorNotice error={error} onRetry={ask} />
      {isEmpty && <Empty />}
      {!isEmpty && isKnown && (dashboard || !error) && (
        <Figures dashboard={dashboard ?? null} interval={interval} days={days} search={search} onChange={change} />
      )}
    </Page>
  );
}

/** The days to show; null while they are not known, or are no range. */
function useRange({ range = 'last-12-months', from, to }: DashboardSearch): Range | null {
  const organization = useOrganization();
  if (range === 'own') return isDay(from) && isDay(to) && from <= to ? { from, to } : null;
  // Only the financial year is the organization's; the others do not wait for it.
  const isFinancial = range === 'quarter' || range === 'year';
  const yearStart = organization?.financialYearStart ?? (isFinancial ? null : '01-01');
  return yearStart === null ? null : rangeOf(range, today(), yearStart);
}

type FiguresProps = {
  /** Null while they are on their way: what will be there has its place already. */
  dashboard: Dashboard | null;
  interval: IntervalName;
  days: number | null;
  search: DashboardSearch;
  onChange: (change: DashboardSearch) => void;
};

function Figures({ dashboard, interval, days, search, onChange }: FiguresProps) {
  const navigate = useNavigate();
  const trends = dashboard?.trends ?? [];
  const kind = search.kind ?? 'EXPENSE';
  const isTable = search.view === 'table';
  const hasMore = dashboard?.otherCategories !== null || search.categories === 'all';
  return (
    <>
      <p className={styles.caption} aria-busy={!dashboard}>{dashboard ? captionOf(dashboard) : <Skeleton width="min(100%, 34em)" height="1.45em" />}</p>
      <Tiles dashboard={dashboard} />
      <div className={styles.middle}>
        <Card
          title={text.dashboard.chartTitle[interval]}
          actions={(
            <div className={styles.tools}>
              <Select
                label={text.dashboard.interval}
                className={styles.tool}
                value={interval}
                onChange={({ target }) => { onChange({ interval: offeredIntervals(days).find((name) => name === target.value) }); }}
              >
                {offeredIntervals(days).map((name) => <option key={name} value={name}>{text.dashboard.intervals[name]}</option>)}
              </Select>
              <Button look="plain" onClick={() => { onChange({ view: isTable ? undefined : 'table' }); }}>
                {isTable ? text.dashboard.chart : text.dashboard.table}
              </Button>
            </div>
          )}
        >
          {!dashboard && <TrendPlace />}
          {dashboard && trends.length === 0 && <p className={styles.none}>{text.dashboard.noTrend}</p>}
          {trends.length > 0 && isTable && <TrendTable points={trends} interval={interval} />}
          {trends.length > 0 && !isTable && (
            <TrendChart
              points={trends}
              interval={interval}
              onOpen={(point) => { void navigate({ to: '/records', search: { from: point.from, to: point.to, currency: point.net.currency } }); }}
            />
          )}
        </Card>
        <Card
          title={text.dashboard.categoriesTitle[kind]}
          actions={(
            <Button look="plain" onClick={() => { onChange({ kind: kind === 'EXPENSE' ? 'INCOME' : undefined }); }}>
              {text.dashboard.otherKind[kind]}
            </Button>
          )}
        >
          <Categories dashboard={dashboard} kind={kind} />
          {hasMore && (
            <Button look="plain" className={styles.more} disabled={!dashboard} onClick={() => { onChange({ categories: search.categories === 'all' ? undefined : 'all' }); }}>
              {search.categories === 'all' ? text.dashboard.showFewer : text.dashboard.showAll}
            </Button>
          )}
        </Card>
      </div>
      <Card title={text.dashboard.latest} actions={<Link to="/records" search={dashboard ? listedIn(dashboard) : {}} className={buttonClass('plain')}>{text.dashboard.allRecords}</Link>}>
        <Latest records={dashboard ? dashboard.recent ?? [] : null} />
      </Card>
    </>
  );
}

function captionOf({ currency, from, to, previous }: Dashboard): string {
  const range = from && to ? formatDays(from, to) : text.dashboard.allTime;
  const days = previous ? text.dashboard.comparedWith(range, formatDays(previous.from, previous.to)) : range;
  return `${days}. ${text.dashboard.figuresOf(currency)}`;
}

/** The records that the figures are of. */
function listedIn({ currency, from, to }: Dashboard) {
  return { currency, ...(from && { from }), ...(to && { to }) };
}

function Empty() {
  const { role } = useViewer();
  const mayEnter = isAtLeast(role, 'ANALYST');
  return (
    <Card>
      <EmptyState title={text.dashboard.empty}>
        <p>{mayEnter ? text.dashboard.emptyHint : text.dashboard.emptyViewer}</p>
        {mayEnter && (
          <div className={styles.tools}>
            <Link to="/import" className={buttonClass('primary')}>{text.dashboard.importFile}</Link>
            <Link to="/records" search={{ new: '' }} className={buttonClass()}>{text.dashboard.firstRecord}</Link>
          </div>
        )}
      </EmptyState>
    </Card>
  );
}
