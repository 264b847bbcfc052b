import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './ui/mantine.css';
import './ui/theme.css';
import './ui/looks.css';
import { speakFirst } from './app/languages/packs';
import { createQueries } from './app/queries';
import { createPortalRouter } from './app/router';

const queries = createQueries();
const router = createPortalRouter();

void speakFirst().then(() =>
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  ),
);
