import './ui/tokens.css';
import './ui/base.css';
import './app/theme.js';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.js';

const place = document.getElementById('app');
if (place) createRoot(place).render(<StrictMode><App /></StrictMode>);
