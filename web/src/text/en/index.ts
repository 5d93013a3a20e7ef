import { audit } from './audit.js';
import { categories } from './categories.js';
import { common } from './common.js';
import { dashboard } from './dashboard.js';
import { imports } from './imports.js';
import { organization } from './organization.js';
import { records } from './records.js';
import { settings } from './settings.js';
import { shell } from './shell.js';
import { signIn } from './signIn.js';
import { users } from './users.js';

export const text = { audit, categories, common, dashboard, imports, organization, records, settings, shell, signIn, users };
