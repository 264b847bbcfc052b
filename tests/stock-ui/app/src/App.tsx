// The front end that `npx @backstage/create-app` makes, without its own logo and welcome card.
import { createApp } from '@backstage/frontend-defaults';
import apiDocsPlugin from '@backstage/plugin-api-docs/alpha';
import userSettingsStorage from '@backstage/plugin-app-module-user-settings';
import authPlugin from '@backstage/plugin-auth';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import catalogGraphPlugin from '@backstage/plugin-catalog-graph/alpha';
import catalogImportPlugin from '@backstage/plugin-catalog-import/alpha';
import homePlugin from '@backstage/plugin-home/alpha';
import notificationsPlugin from '@backstage/plugin-notifications/alpha';
import orgPlugin from '@backstage/plugin-org/alpha';
import scaffolderPlugin from '@backstage/plugin-scaffolder/alpha';
import searchPlugin from '@backstage/plugin-search/alpha';
import signalsPlugin from '@backstage/plugin-signals/alpha';
import techdocsPlugin from '@backstage/plugin-techdocs/alpha';
import userSettingsPlugin from '@backstage/plugin-user-settings/alpha';
import { behindProxy } from './signIn';

const features = [
  apiDocsPlugin, authPlugin, catalogPlugin, catalogGraphPlugin, catalogImportPlugin, homePlugin, notificationsPlugin,
  orgPlugin, scaffolderPlugin, searchPlugin, signalsPlugin, techdocsPlugin, userSettingsPlugin, userSettingsStorage,
];

export default createApp({ features: document.documentElement.dataset.signIn === 'proxy' ? [...features, behindProxy] : features });
