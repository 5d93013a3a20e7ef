import { useState } from 'react';
import { useQuery } from 'urql';
import { addDays, formatCount, formatDay, today } from '../../format/index.js';
import { useChange } from '../../graphql/useChange.js';
import { text } from '../../text/index.js';
import { Button, Dialog, ErrorNotice, SelectField, TextArea, TextField, ui, useToast } from '../../ui/index.js';
import { CloseBooks, RecordsThrough, ReopenBooks } from './documents.js';

const FIELDS = ['through', 'reason'];

export function Books({ closedThrough }: { closedThrough: string | null }) {
  const [asked, setAsked] = useState<'close' | 'reopen' | null>(null);
  const onClose = () => { setAsked(null); };
  return (
    <>
      <p>{closedThrough ? text.organization.closedThrough(formatDay(closedThrough)) : text.organization.open}</p>
      <div className={ui.actions}>
        <Button onClick={() => { setAsked('close'); }}>{closedThrough ? text.organization.closeMore : text.organization.close}</Button>
        {closedThrough && <Button onClick={() => { setAsked('reopen'); }}>{text.organization.reopen}</Button>}
      </div>
      {asked === 'close' && <CloseDialog closedThrough={closedThrough} onClose={onClose} />}
      {asked === 'reopen' && closedThrough && <ReopenDialog closedThrough={closedThrough} onClose={onClose} />}
    </>
  );
}

/** The last day of last month. */
function endOfLastMonth(): string {
  return addDays(`${today().slice(0, 7)}-01`, -1);
}

type Props = { closedThrough: string | null; onClose: () => void };

function CloseDialog({ closedThrough, onClose }: Props) {
  const [through, setThrough] = useState(() => {
    const day = endOfLastMonth();
    return closedThrough && closedThrough >= day ? '' : day;
  });
  const [reason, setReason] = useState('');
  const { run, isBusy, problems, fieldProblems } = useChange(CloseBooks);
  const [{ data: counted }] = useQuery({
    query: RecordsThrough,
    variables: { from: closedThrough ? addDays(closedThrough, 1) : null, through },
    pause: through === '',
  });
  const toast = useToast();
  const count = counted?.records?.totalCount;

  const close = async () => {
    const { data } = await run({ through, reason: reason.trim() || null });
    if (!data?.closeBooks) return;
    toast({ message: text.organization.closed(formatDay(through)) });
    onClose();
  };

  return (
    <Dialog title={text.organization.closeTitle} onClose={onClose}>
      <form
        className={ui.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void close();
        }}
      >
        <ErrorNotice problems={problems.filter(({ field }) => !field || !FIELDS.includes(field))} />
        <TextField
          label={text.organization.through}
          hint={text.organization.throughHint}
          type="date"
          data-first
          value={through}
          min={closedThrough ? addDays(closedThrough, 1) : undefined}
          problems={fieldProblems.get('through')}
          onChange={(event) => { setThrough(event.target.value); }}
        />
        <TextArea
          label={text.organization.reasonOptional}
          hint={text.organization.reasonHint}
          value={reason}
          problems={fieldProblems.get('reason')}
          onChange={(event) => { setReason(event.target.value); }}
        />
        <p role="status">
          {through === '' ? text.organization.noDay
            : count !== undefined && text.organization.closeRecords(text.common.records(count, formatCount(count)), formatDay(through))}
        </p>
        <div className={ui.actions}>
          <Button type="submit" look="primary" disabled={isBusy || through === ''}>
            {through === '' ? text.organization.closeTitle : text.organization.closeConfirm(formatDay(through))}
          </Button>
          <Button onClick={onClose}>{text.common.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function ReopenDialog({ closedThrough, onClose }: Props & { closedThrough: string }) {
  const [isAll, setAll] = useState(false);
  const [through, setThrough] = useState(() => addDays(`${closedThrough.slice(0, 7)}-01`, -1));
  const [reason, setReason] = useState('');
  const { run, isBusy, problems, fieldProblems } = useChange(ReopenBooks);
  const toast = useToast();

  const reopen = async () => {
    const { data } = await run({ through: isAll ? null : through, reason: reason.trim() });
    if (!data?.reopenBooks) return;
    toast({ message: isAll ? text.organization.reopenedAll : text.organization.closed(formatDay(through)) });
    onClose();
  };

  return (
    <Dialog title={text.organization.reopenTitle} onClose={onClose}>
      <form
        className={ui.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void reopen();
        }}
      >
        <ErrorNotice problems={problems.filter(({ field }) => !field || !FIELDS.includes(field))} />
        <SelectField
          label={text.organization.reopenWhat}
          data-first
          value={isAll ? 'all' : 'some'}
          onChange={(event) => { setAll(event.target.value === 'all'); }}
        >
          <option value="some">{text.organization.reopenSome}</option>
          <option value="all">{text.organization.reopenAll}</option>
        </SelectField>
        {!isAll && (
          <TextField
            label={text.organization.staysClosed}
            type="date"
            value={through}
            max={addDays(closedThrough, -1)}
            problems={fieldProblems.get('through')}
            onChange={(event) => { setThrough(event.target.value); }}
          />
        )}
        <TextArea
          label={text.organization.reason}
          hint={text.organization.reasonHint}
          value={reason}
          problems={fieldProblems.get('reason')}
          onChange={(event) => { setReason(event.target.value); }}
        />
        <p>{text.organization.reopenHint}</p>
        <div className={ui.actions}>
          <Button type="submit" look="primary" disabled={isBusy || (!isAll && through === '')}>{text.organization.reopenConfirm}</Button>
          <Button onClick={onClose}>{text.common.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
