import { Group } from '@visx/group';
import { Bar, Line } from '@visx/shape';
import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import { formatAmount, readersLocale } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Amount, classes, Skeleton, VisuallyHidden } from '../../ui/index.js';
import type { TrendPoint } from './documents.js';
import styles from './dashboard.module.css';
import { periodName, periodTick } from './periods.js';
import { scalesOf, tickStep, widthFor } from './scales.js';
import type { IntervalName } from './search.js';
import { useWidth } from './useWidth.js';

const HEIGHT = 280;
const MARGIN = { top: 8, right: 18, bottom: 24, left: 14 };
/** The place of the figures beside the picture, which do not scroll with it. */
const AXIS_WIDTH = 42;
const TIP_WIDTH = 190;

type Props = {
  points: readonly TrendPoint[];
  interval: IntervalName;
  /** Lists the records of a period. */
  onOpen: (point: TrendPoint) => void;
};

/** Income and expenses side by side for each period, with a mark at what is left of them. */
export function TrendChart({ points, interval, onOpen }: Props) {
  const [place, placeWidth] = useWidth<HTMLDivElement>();
  const [current, setCurrent] = useState<number | null>(null);
  // The period that the Tab key comes to.
  const [entry, setEntry] = useState(points.length - 1);
  const bands = useRef(new Map<number, SVGGElement>());
  const hintId = useId();

  const width = widthFor(points.length, placeWidth - AXIS_WIDTH - MARGIN.left - MARGIN.right);
  const height = HEIGHT - MARGIN.top - MARGIN.bottom;
  const { x, y } = scalesOf(points, width, height);
  const step = tickStep(points.length, width);
  const values = y.ticks(4);
  const compact = new Intl.NumberFormat(readersLocale(), { notation: 'compact' });
  const half = x.bandwidth() / 2;

  // What does not fit begins at the newest.
  const scrolled = useRef<HTMLDivElement>(null);
  const isShown = placeWidth > 0;
  useLayoutEffect(() => {
    if (isShown) scrolled.current?.scrollTo({ left: width });
  }, [isShown, width]);

  const go = (event: KeyboardEvent, index: number) => {
    const last = points.length - 1;
    const next = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last }[event.key];
    const point = points[index];
    if (event.key === 'Enter' && point) onOpen(point);
    if (next === undefined) return;
    event.preventDefault();
    const target = Math.min(last, Math.max(0, next));
    setEntry(target);
    bands.current.get(target)?.focus();
  };

  const shown = current === null ? undefined : points[current];
  const middle = shown ? MARGIN.left + (x(shown.from) ?? 0) + half : 0;

  return (
    <div ref={place} className={styles.picture}>
      <VisuallyHidden><span id={hintId}>{text.dashboard.chartHint}</span></VisuallyHidden>
      {isShown && (
        <div className={styles.plot}>
          <svg width={AXIS_WIDTH} height={HEIGHT} className={styles.axis} aria-hidden="true">
            {values.map((value) => (
              <text key={value} x={AXIS_WIDTH} y={MARGIN.top + y(value)} dy="0.32em" textAnchor="end" className={styles.tick}>
                {compact.format(value).replace('-', '−')}
              </text>
            ))}
          </svg>
          <div ref={scrolled} className={styles.scrolled} onPointerLeave={() => { setCurrent(null); }}>
            <svg
              width={width + MARGIN.left + MARGIN.right}
              height={HEIGHT}
              role="group"
              aria-label={text.dashboard.chartTitle[interval]}
              aria-describedby={hintId}
            >
              <Group left={MARGIN.left} top={MARGIN.top}>
                <Group aria-hidden="true">
                  {values.map((value) => (
                    <Line
                      key={value}
                      from={{ x: 8 - MARGIN.left, y: y(value) }}
                      to={{ x: width, y: y(value) }}
                      className={classes(value === 0 ? styles.zero : styles.grid)}
                    />
                  ))}
                  {points.map((point, index) => (points.length - 1 - index) % step === 0 && (
                    <text key={point.from} x={(x(point.from) ?? 0) + half} y={height + 17} textAnchor="middle" className={styles.tick}>
                      {periodTick(interval, point)}
                    </text>
                  ))}
                </Group>
                {points.map((point, index) => (
                  <Group
                    key={point.from}
                    innerRef={(element) => {
                      if (element) bands.current.set(index, element);
                      else bands.current.delete(index);
                    }}
                    left={x(point.from) ?? 0}
                    className={classes(styles.band)}
                    role="link"
                    tabIndex={index === Math.min(entry, points.length - 1) ? 0 : -1}
                    aria-label={text.dashboard.bar(
                      periodName(interval, point),
                      formatAmount(point.income.amount),
                      formatAmount(point.expenses.amount),
                      formatAmount(point.net.amount, 'always'),
                    )}
                    onFocus={() => { setCurrent(index); }}
                    onBlur={() => { setCurrent(null); }}
                    onPointerMove={() => { setCurrent(index); }}
                    onClick={() => { onOpen(point); }}
                    onKeyDown={(event) => { go(event, index); }}
                  >
                    <Bar x={-x.step() * 0.17} width={x.step()} height={height} className={classes(index === current ? styles.aimed : styles.aim)} />
                    <Column value={point.income.amount} x={0} width={half - 0.5} y={y} className={styles.income} />
                    <Column value={point.expenses.amount} x={half + 0.5} width={half - 0.5} y={y} className={styles.expense} />
                    <Line
                      from={{ x: -1, y: y(Number(point.net.amount)) }}
                      to={{ x: x.bandwidth() + 1, y: y(Number(point.net.amount)) }}
                      className={classes(styles.net)}
                    />
                  </Group>
                ))}
              </Group>
            </svg>
            {shown && (
              <div
                className={styles.tip}
                aria-hidden="true"
                style={{ width: TIP_WIDTH, left: middle > TIP_WIDTH + MARGIN.left ? middle - half - TIP_WIDTH - 6 : middle + half + 6 }}
              >
                <strong>{periodName(interval, shown)}</strong>
                <span>{text.common.income}</span><Amount amount={shown.income.amount} />
                <span>{text.common.expenses}</span><Amount amount={shown.expenses.amount} />
                <span>{text.common.net}</span><Amount amount={shown.net.amount} isNet />
              </div>
            )}
          </div>
        </div>
      )}
      <Legend />
    </div>
  );
}

/** The place of a picture that is on its way. */
export function TrendPlace() {
  return (
    <div className={styles.picture}>
      <Skeleton height={`${HEIGHT}px`} />
      <Legend />
    </div>
  );
}

function Legend() {
  return (
    <ul className={styles.legend} aria-hidden="true">
      <li><span className={styles.incomeKey} />{text.common.income}</li>
      <li><span className={styles.expenseKey} />{text.common.expenses}</li>
      <li><span className={styles.netKey} />{text.common.net}</li>
    </ul>
  );
}

type ColumnProps = { value: string; x: number; width: number; y: (value: number) => number; className: string | undefined };

/** A bar from zero, upwards or downwards. */
function Column({ value, x, width, y, className }: ColumnProps) {
  const zero = y(0);
  const end = y(Number(value));
  return <Bar x={x} y={Math.min(zero, end)} width={Math.max(width, 1)} height={Math.abs(zero - end)} rx={Math.min(3, width / 3)} className={classes(className)} />;
}
