// A small smart-HTTP Git server for tests, around `git http-backend`.
//
//   const git = await startGitHttp({ root: '/dir/of/bare/repositories', password: 'secret' });
//   ... `${git.url}/a.git` ...; git.requests; await git.close();
//
// Options
//   root          folder whose repositories are served (the export of each is not asked for)
//   user, password   basic authentication; without `user` any name goes with the password
//   tls           { key, cert } as PEM texts: https
//   host          the name in `url`; the socket is always on 127.0.0.1
//   redirect      (path) => location or undefined: answers 301
//   v0            true: the client's wish for a newer protocol is not passed on
//   dumb          true: plain files only, as any web server would give them
//   delay         (request) => milliseconds, or Infinity to never answer
//   stall         (request) => bytes of the answer after which it stops for good
// Or from a shell: node server.mjs --root DIR [--port N] [--user U] [--password P]
// Another server that has repositories at some of its paths: serveGit(request, response, { root }, new Set()).
import { spawn } from 'node:child_process';
import { createReadStream, statSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

function allowed(request, { user, password }) {
  if (password === undefined) return true;
  const [, encoded] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  if (!encoded) return false;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return text.slice(colon + 1) === password && (user === undefined || text.slice(0, colon) === user);
}

function sendFile(response, root, name) {
  const file = path.join(root, path.normalize(`/${name}`));
  try {
    if (!statSync(file).isFile()) throw new Error('not a file');
  } catch {
    response.writeHead(404).end('not found\n');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  createReadStream(file).pipe(response);
}

// The head that a CGI program writes, then its body; LIMIT bytes of it at most, then silence.
function relay(child, response, limit) {
  let head = Buffer.alloc(0);
  let sent = 0;
  let open = false;

  const body = chunk => {
    if (sent >= limit) return;
    const part = chunk.subarray(0, limit - sent);
    sent += part.length;
    response.write(part);
  };
  child.stdout.on('data', chunk => {
    if (open) return body(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    let status = 200;
    for (const line of head.subarray(0, end).toString('latin1').split('\r\n')) {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon);
      const value = line.slice(colon + 1).trim();
      if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.writeHead(status);
    open = true;
    return body(head.subarray(end + 4));
  });
  child.stdout.on('end', () => {
    if (!open) response.writeHead(500);
    if (sent < limit || limit === Infinity) response.end();
  });
}

export function serveGit(request, response, options, children) {
  const url = new URL(request.url, 'http://localhost');
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_PROJECT_ROOT: options.root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      REMOTE_ADDR: '127.0.0.1',
      REMOTE_USER: 'test',
      ...(request.headers['content-length'] && { CONTENT_LENGTH: request.headers['content-length'] }),
      ...(request.headers['content-encoding'] && { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] }),
      ...(!options.v0 && request.headers['git-protocol'] && { GIT_PROTOCOL: request.headers['git-protocol'] }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  children.add(child);
  child.on('exit', () => children.delete(child));
  child.stdin.on('error', () => {});
  request.pipe(child.stdin);
  response.on('close', () => child.kill());
  relay(child, response, options.stall?.(request) ?? Infinity);
}

export async function startGitHttp(options) {
  const requests = [];
  const children = new Set();
  const sockets = new Set();

  const handle = async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    requests.push({ method: request.method, url: request.url, authorization: request.headers.authorization });
    const wait = options.delay?.(request) ?? 0;
    if (wait === Infinity) return;
    if (wait > 0) await new Promise(done => setTimeout(done, wait));
    const to = options.redirect?.(request.url);
    if (to) {
      response.writeHead(301, { location: to }).end();
      return;
    }
    if (!allowed(request, options)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('who are you?\n');
      return;
    }
    if (options.dumb) sendFile(response, options.root, decodeURIComponent(url.pathname));
    else serveGit(request, response, options, children);
  };
  const server = options.tls ? https.createServer(options.tls, handle) : http.createServer(handle);

  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise((done, fail) => {
    server.on('error', fail);
    server.listen(options.port ?? 0, '127.0.0.1', done);
  });
  const { port } = server.address();
  return {
    port,
    url: `${options.tls ? 'https' : 'http'}://${options.host ?? '127.0.0.1'}:${port}`,
    requests,
    options,
    async close() {
      for (const child of children) child.kill('SIGKILL');
      for (const socket of sockets) socket.destroy();
      await new Promise(done => server.close(done));
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      root: { type: 'string' },
      port: { type: 'string' },
      user: { type: 'string' },
      password: { type: 'string' },
    },
  });
  const git = await startGitHttp({ ...values, port: Number(values.port ?? 0) });
  console.log(git.url);
}
