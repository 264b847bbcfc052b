import { ProxiedSignInPage } from '@backstage/core-components';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';

// Behind a proxy that says who comes: no page is shown.
export const behindProxy = createFrontendModule({
  pluginId: 'app',
  extensions: [SignInPageBlueprint.make({ params: { loader: async () => props => <ProxiedSignInPage {...props} provider="oauth2Proxy" /> } })],
});
