import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const themeSource = fileURLToPath(new URL('./src/app/theme-first.js', import.meta.url));

// The colour scheme must stand before the first paint, so its script is a plain one that blocks;
// the policy allows no inline script, so it is a hashed file of its own.
function themeFirst(): Plugin {
  let serving = false;
  let fileName = '';
  return {
    name: 'callboard-theme-first',
    configResolved(config) {
      serving = config.command === 'serve';
    },
    buildStart() {
      if (serving) return;
      const source = readFileSync(themeSource, 'utf8');
      const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8);
      fileName = `assets/theme-first-${hash}.js`;
      this.emitFile({ type: 'asset', fileName, source });
    },
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        {
          tag: 'script',
          attrs: { src: serving ? '/src/app/theme-first.js' : `/${fileName}` },
          injectTo: 'head-prepend',
        },
      ],
    },
  };
}

// The server hands out NAME.br and NAME.gz where a browser takes them; small files are not worth it.
const COMPRESS_FROM_BYTES = 1_024;

function compressed(): Plugin {
  let dir = '';
  return {
    name: 'callboard-compressed',
    apply: 'build',
    configResolved(config) {
      dir = resolve(config.root, config.build.outDir, config.build.assetsDir);
    },
    closeBundle() {
      for (const name of readdirSync(dir).filter((file) => /\.(js|css|svg)$/.test(file))) {
        const content = readFileSync(join(dir, name));
        if (content.length < COMPRESS_FROM_BYTES) continue;
        writeFileSync(join(dir, `${name}.gz`), gzipSync(content, { level: 9 }));
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(content));
      }
    },
  };
}

// Where `npm run dev` finds the API; the built portal always talks to its own origin.
const apiTarget = process.env.CALLBOARD_URL ?? 'http://127.0.0.1:7007';

export default defineConfig({
  plugins: [react(), themeFirst(), compressed()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { host: '127.0.0.1', proxy: { '/api': apiTarget } },
  build: {
    // Where make builds it too, and where the server of this checkout looks.
    outDir: '../build/frontend-dist',
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
