import { RouterProvider } from '@tanstack/react-router';
import { SessionProvider } from '../session/SessionProvider.js';
import { Toasts } from '../ui/index.js';
import { router } from './router.js';

export function App() {
  return (
    <SessionProvider>
      <Toasts>
        <RouterProvider router={router} />
      </Toasts>
    </SessionProvider>
  );
}
