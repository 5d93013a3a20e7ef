import { text } from '../text/index.js';
import { Button, Page } from '../ui/index.js';

/** A page that broke: a mistake of this app, or a part of it that could not be loaded. */
export function Failed({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <Page title={text.shell.failed} actions={<Button onClick={reset}>{text.common.tryAgain}</Button>}>
      <p>{error instanceof Error && error.message}</p>
    </Page>
  );
}
