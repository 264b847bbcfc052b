// node build.mjs: src and the published packages to dist/, as a bundler does it for any Backstage front end.
import { createRequire } from 'node:module';
import * as esbuild from 'esbuild';
import library from 'node-stdlib-browser';
import esbuildHelper from 'node-stdlib-browser/helpers/esbuild/plugin';

const require = createRequire(import.meta.url);

await esbuild.build({
  entryPoints: { app: 'src/index.tsx' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  minify: true,
  mainFields: ['browser', 'module', 'main'],
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.HAS_REACT_DOM_CLIENT': 'true', 'process.env.APP_CONFIG': 'undefined', global: 'global', process: 'process', Buffer: 'Buffer' },
  inject: [require.resolve('node-stdlib-browser/helpers/esbuild/shim')], // process and Buffer, as Backstage's own bundler gives them
  plugins: [esbuildHelper({ ...library, fs: require.resolve('./src/nothing.cjs') })],
  loader: Object.fromEntries(['.svg', '.png', '.jpg', '.gif', '.woff', '.woff2', '.ttf', '.eot', '.md'].map(ext => [ext, 'file'])),
  logLevel: 'warning',
});
