// The front end as a company serves it: its files and callboard's /api under one origin, by a proxy that keeps Host.
//
//   const front = await startFront({ dist, callboard: 'http://127.0.0.1:7007' });   // { url, stop }
//
// With USER it is an authenticating proxy as well: it says to callboard that this person is asking, whatever the browser says.
import { createReadStream, existsSync, statSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.woff': 'font/woff', '.woff2': 'font/woff2' };

// What stands in app-config.yaml of a company that moves.
const config = (url, integrations) => ({
  app: { title: 'Acme', baseUrl: url, extensions: [{ 'page:catalog': { config: { path: '/' } } }] },
  organization: { name: 'Acme' },
  backend: { baseUrl: url },
  integrations,
  auth: { providers: { guest: {} } },
  permission: { enabled: true },
  catalog: { import: { entityFilename: 'catalog-info.yaml' } },
});

const page = (url, signIn, integrations) => `<!doctype html>
<html lang="en" data-sign-in="${signIn}">
<head><meta charset="utf-8"><title>Acme</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/assets/app.css"></head>
<body><div id="root"></div>
<script type="backstage.io/config">${JSON.stringify([{ context: 'app-config.yaml', data: config(url, integrations) }]).replaceAll('<', '\\u003c')}</script>
<script type="module" src="/assets/app.js"></script></body>
</html>
`;

export async function startFront({ dist, callboard, user, integrations = {} }) {
  const to = new URL(callboard);
  const sockets = new Set();
  const server = http.createServer((req, res) => {
    const { pathname } = new URL(req.url, 'http://x');
    if (pathname.startsWith('/api/') || pathname.startsWith('/.well-known/')) {
      const passed = http.request({ host: to.hostname, port: to.port, path: req.url, method: req.method, headers: user ? { ...req.headers, 'x-forwarded-user': user } : req.headers }, answer => {
        res.writeHead(answer.statusCode, answer.headers);
        answer.pipe(res);
      });
      passed.on('error', () => res.destroy());
      res.on('close', () => passed.destroy());
      req.pipe(passed);
      return;
    }
    const file = join(dist, normalize(decodeURIComponent(pathname.slice('/assets'.length))));
    if (!pathname.startsWith('/assets/')) {
      res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(page(`http://${req.headers.host}`, user ? 'proxy' : 'guest', integrations));
    } else if (!file.startsWith(dist) || !existsSync(file) || !statSync(file).isFile()) {
      res.writeHead(404).end();
    } else {
      res.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
      createReadStream(file).pipe(res);
    }
  });
  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (req, socket, head) => { // web sockets: the bytes as they are
    const other = net.connect({ host: to.hostname, port: to.port }, () => {
      const lines = req.rawHeaders.reduce((text, h, i) => text + h + (i % 2 ? '\r\n' : ': '), '');
      other.write(`${req.method} ${req.url} HTTP/1.1\r\n${lines}\r\n`);
      other.write(head);
      socket.pipe(other).pipe(socket);
    });
    for (const s of [socket, other]) s.on('error', () => { socket.destroy(); other.destroy(); });
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise(resolve => {
      server.close(resolve);
      for (const socket of sockets) socket.destroy();
    }),
  };
}
