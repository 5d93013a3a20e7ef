import { useCallback, useEffect, useRef, useState } from 'react';
import { type Problem, problemOf } from '../../graphql/errors.js';
import { useSession } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';

type Upload = {
  /** Bytes that were sent; null while nothing is being sent. */
  sent: number | null;
  problems: readonly Problem[];
};

const idle: Upload = { sent: null, problems: [] };

/** Sends a file, and says how far that is: `fetch` does not, so this is an `XMLHttpRequest`. */
export function useUpload() {
  const { session } = useSession();
  const [upload, setUpload] = useState<Upload>(idle);
  const request = useRef<XMLHttpRequest | null>(null);

  useEffect(() => () => request.current?.abort(), []);

  const cancel = useCallback(() => {
    request.current?.abort();
  }, []);

  const send = useCallback(async (path: string, file: File): Promise<void> => {
    setUpload({ sent: 0, problems: [] });
    const token = await session.freshToken();
    let answer = await put(path, file, token, request, (sent) => { setUpload({ sent, problems: [] }); });
    // The session ended on the way; this waits until somebody is signed in again.
    if (answer.status === 401) {
      answer = await put(path, file, await session.freshToken({ evenIfValid: true }), request, (sent) => { setUpload({ sent, problems: [] }); });
    }
    const problems = answer.status === 'cancelled' ? [] : problemsIn(answer);
    setUpload({ sent: null, problems });
  }, [session]);

  return { ...upload, send, cancel };
}

type Answer = { status: number | 'cancelled'; body: string };

function put(path: string, file: File, token: string, held: { current: XMLHttpRequest | null }, tell: (sent: number) => void): Promise<Answer> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    held.current = request;
    request.upload.onprogress = ({ loaded }) => { tell(loaded); };
    request.onload = () => { resolve({ status: request.status, body: request.responseText }); };
    request.onerror = () => { resolve({ status: 0, body: '' }); };
    request.onabort = () => { resolve({ status: 'cancelled', body: '' }); };
    request.open('PUT', path);
    request.setRequestHeader('authorization', `Bearer ${token}`);
    request.send(file);
  });
}

function problemsIn({ status, body }: Answer): Problem[] {
  if (status === 200) return [];
  const unknown = { message: text.imports.notSent, code: null, field: null, requestId: null, extensions: {} };
  try {
    const { errors } = JSON.parse(body) as { errors?: Parameters<typeof problemOf>[0][] };
    return errors?.map((error) => problemOf(error)) ?? [unknown];
  } catch {
    return [unknown];
  }
}
