// German: a file for each module of messages, named as the module is. complete.test.ts says what one lacks.
import type { Pack } from '@/lib/language';
import { about } from './de/about';
import { app } from './de/app';
import { catalog } from './de/catalog';
import { entity } from './de/entity';
import { home } from './de/home';
import { landscape } from './de/landscape';
import { lib } from './de/lib';
import { org } from './de/org';
import { panels } from './de/panels';
import { plugins } from './de/plugins';
import { preferences } from './de/preferences';
import { problems } from './de/problems';
import { register } from './de/register';
import { scaffold } from './de/scaffold';
import { search } from './de/search';
import { sources } from './de/sources';
import { tokens } from './de/tokens';
import { ui } from './de/ui';

const modules = {
  about,
  app,
  catalog,
  entity,
  home,
  landscape,
  lib,
  org,
  panels,
  plugins,
  preferences,
  problems,
  register,
  scaffold,
  search,
  sources,
  tokens,
  ui,
};

export default { modules } satisfies Pack;
