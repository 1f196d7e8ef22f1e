/** The dashboard in the browser. */
import { render } from 'preact';
import { App } from './app.tsx';
import { followLinks } from './browser/navigation.ts';
import { loadMe } from './browser/session.ts';
import { applyTheme } from './browser/theme.ts';
import { listenToGlobalKeys } from './keys.ts';

applyTheme();
followLinks();
listenToGlobalKeys();
void loadMe();
const page = document.getElementById('page');
if (page !== null) render(<App />, page);
