// What the tests of a file have from the first to the last: a browser, and what it looks at.
import { after, before } from 'node:test';
import { launch, openPage } from './browser.mjs';

/** A browser, and the `target` that START starts. `open` gives a page of its own whose heading is there. */
export function onStage(start) {
  const stage = {};
  before(async () => {
    [stage.browser, stage.target] = await Promise.all([launch(), start()]);
  });
  after(async () => {
    await stage.browser?.close();
    await stage.target?.stop();
  });
  stage.open = async (path, options) => {
    const page = await openPage(stage.browser, stage.target.url, { path, ...options });
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  };
  return stage;
}
