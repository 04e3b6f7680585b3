// MCP Inspector's command line: node inspector.mjs [<client id>] <server>
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expire, say, watch } from './lines.mjs';

const server = process.argv.at(-1);
const client = process.argv.length > 3 ? ['--client-id', process.argv[2]] : [];
const home = () => mkdtempSync(join(tmpdir(), 'inspector-'));

async function call(folder, tool) {
  const inspector = spawn(
    process.execPath,
    [
      'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
      '--cli', '--server-url', server, '--transport', 'http', '--format', 'json',
      '--connect-timeout', '0', ...client, '--method', 'tools/call', '--tool-name', tool,
    ],
    { env: { ...process.env, HOME: folder, BROWSER: '/bin/true', MCP_AUTO_OPEN_ENABLED: 'true', MCP_INSPECTOR_SECRET_STORE: 'file' }, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  inspector.stdin.end('y\n'); // to its question before a step-up
  watch(inspector.stderr);
  let output = '';
  inspector.stdout.on('data', (chunk) => (output += chunk));
  const [status] = await once(inspector, 'close');
  if (status !== 0) throw new Error(`inspector ended with ${status}: ${output}`);
  const result = JSON.parse(output);
  return JSON.parse((result.content ?? result.result.content)[0].text);
}

const first = home();
say({ step: 'sign in', claims: await call(first, 'whoami') });
await expire(server);
say({ step: 'refresh', claims: await call(first, 'whoami') });
try {
  say({ step: 'step up', claims: await call(first, 'write_note') });
} catch (e) {
  console.error(e);
}
say({ step: 'come back', claims: await call(home(), 'whoami') });
