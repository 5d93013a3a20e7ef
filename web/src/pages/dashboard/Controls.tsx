import { Link } from '@tanstack/react-router';
import { useOrganization } from '../../session/organization.js';
import { isAtLeast } from '../../session/roles.js';
import { useViewer } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { buttonClass, Select, TextField } from '../../ui/index.js';
import styles from './dashboard.module.css';
import { isDay } from './ranges.js';
import { COMPARISONS, type DashboardSearch, RANGES } from './search.js';

type Props = { search: DashboardSearch; currency: string | undefined; onChange: (change: DashboardSearch) => void };

export function Controls({ search, currency, onChange }: Props) {
  const currencies = useOrganization()?.currencies ?? [];
  const viewer = useViewer();
  const range = search.range ?? 'last-12-months';
  return (
    <>
      <Select
        label={text.dashboard.range}
        value={range}
        onChange={({ target: { value } }) => { onChange({ range: RANGES.find((name) => name === value), interval: undefined }); }}
      >
        {RANGES.map((name) => <option key={name} value={name}>{text.dashboard.ranges[name]}</option>)}
      </Select>
      {range !== 'all' && (
        <Select
          label={text.dashboard.compare}
          value={search.compare ?? 'year'}
          onChange={({ target: { value } }) => { onChange({ compare: COMPARISONS.find((name) => name === value) }); }}
        >
          {COMPARISONS.map((name) => <option key={name} value={name}>{text.dashboard.comparisons[name]}</option>)}
        </Select>
      )}
      {currencies.length > 1 && (
        <Select label={text.dashboard.currency} value={currency} onChange={({ target }) => { onChange({ currency: target.value }); }}>
          {currencies.map(({ code }) => <option key={code}>{code}</option>)}
        </Select>
      )}
      {isAtLeast(viewer.role, 'ANALYST') && (
        <Link to="/records" search={{ new: '' }} className={buttonClass('primary')}>{text.dashboard.newRecord}</Link>
      )}
    </>
  );
}

/** The first and the last day of one's own range. What is no range yet says why. */
export function OwnRange({ search: { from, to }, onChange }: Omit<Props, 'currency'>) {
  const wrong = isDay(from) && isDay(to) && from > to;
  return (
    <div className={styles.own}>
      <TextField
        label={text.dashboard.from}
        type="date"
        value={from ?? ''}
        onChange={({ target }) => { onChange({ from: target.value }); }}
        problems={isDay(from) ? [] : [text.dashboard.notADay]}
      />
      <TextField
        label={text.dashboard.to}
        type="date"
        value={to ?? ''}
        onChange={({ target }) => { onChange({ to: target.value }); }}
        problems={!isDay(to) ? [text.dashboard.notADay] : wrong ? [text.dashboard.wrongOrder] : []}
      />
    </div>
  );
}
