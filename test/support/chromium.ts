import { existsSync } from 'node:fs';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const found = [process.env['MLMESH_CHROMIUM'], ...places].find(
  (path) => path !== undefined && existsSync(path),
);

/** Path of the browser that the tests drive: `MLMESH_CHROMIUM`, or the one that is installed; '' where there is none. */
export const chromiumPath = found ?? '';

/** Why tests in a browser do not run here; false where they do. In CI they always do. */
export const skipChromium: string | false =
  found !== undefined || process.env['CI'] !== undefined
    ? false
    : 'wanted Chromium; install it, or name it with MLMESH_CHROMIUM';
