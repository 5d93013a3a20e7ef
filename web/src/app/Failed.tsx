import { useEffect, useRef } from 'react';
import { lookAgain, useAway } from '../graphql/connection.js';
import { text } from '../text/index.js';
import { Button, Page } from '../ui/index.js';

/** A page that broke: a mistake of this app, or a part of it that did not come, because the server is away or has newer ones. */
export function Failed({ error }: { error: unknown }) {
  const isAway = useAway();
  const wasAway = useRef(false);
  useEffect(lookAgain, []);
  useEffect(() => {
    // What failed to load is remembered as failed until the app starts anew.
    if (!isAway && wasAway.current) location.reload();
    wasAway.current = isAway;
  }, [isAway]);
  if (isAway) return <Page title={text.shell.notLoaded}><p role="alert">{text.common.unreachable}</p></Page>;
  return (
    <Page title={text.shell.failed} actions={<Button onClick={() => { location.reload(); }}>{text.common.tryAgain}</Button>}>
      <p>{error instanceof Error && error.message}</p>
    </Page>
  );
}
