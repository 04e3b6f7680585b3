// MCP Inspector's page of 0.15: node inspector-0.15.mjs <server>; says where it is and runs until it is ended
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { say } from './lines.mjs';

const [server] = process.argv.slice(2);
const sockets = [createServer(), createServer()];
await Promise.all(sockets.map((socket) => once(socket.listen(0, '127.0.0.1'), 'listening')));
const [page, proxy] = sockets.map((socket) => socket.address().port);
await Promise.all(sockets.map((socket) => once(socket.close(), 'close')));

const inspector = spawn(process.execPath, ['node_modules/inspector-of-node-20/cli/build/cli.js'], {
  env: { ...process.env, CLIENT_PORT: String(page), SERVER_PORT: String(proxy), MCP_PROXY_TOKEN: 'token' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
inspector.stdout.on('data', (chunk) => {
  process.stderr.write(chunk);
  if (String(chunk).includes('up and running')) {
    const query = new URLSearchParams({
      MCP_PROXY_AUTH_TOKEN: 'token', MCP_PROXY_FULL_ADDRESS: `http://127.0.0.1:${proxy}`,
      transport: 'streamable-http', serverUrl: server,
    });
    say({ page: `http://127.0.0.1:${page}/?${query}` });
  }
});
inspector.on('close', (status) => process.exit(status ?? 1));
