import { text } from '../text/index.js';
import { Button, Dialog } from '../ui/index.js';
import type { User } from './session.js';
import { SignInForm } from './SignInForm.js';
import { useSession } from './SessionProvider.js';

/** Above the page, which stays as it is: it goes on when the same person has signed in. */
export function SignInAgain({ user }: { user: User }) {
  const { session } = useSession();
  return (
    <Dialog title={text.signIn.expired}>
      <p>{text.signIn.expiredHint(user.name)}</p>
      <SignInForm email={user.email ?? ''}>
        <Button onClick={() => void session.signOut()}>{text.signIn.instead}</Button>
      </SignInForm>
    </Dialog>
  );
}
