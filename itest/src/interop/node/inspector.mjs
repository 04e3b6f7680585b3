// MCP Inspector's command line: node inspector.mjs [list | scopes | <client id>] <server>
//   list: lists tools and calls none; scopes: a configuration file names the scope that every call needs
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expire, say, watch } from './lines.mjs';

const server = process.argv.at(-1);
const told = process.argv.length > 3 ? process.argv[2] : '';
const home = () => mkdtempSync(join(tmpdir(), 'inspector-'));

function where(folder) {
  if (told !== 'scopes') {
    return ['--server-url', server, '--transport', 'http', ...(told && told !== 'list' ? ['--client-id', told] : [])];
  }
  const configuration = join(folder, 'mcp.json');
  const notes = { type: 'streamable-http', url: server, oauth: { scopes: 'notes:read' } };
  writeFileSync(configuration, JSON.stringify({ mcpServers: { notes } }));
  return ['--config', configuration, '--server', 'notes'];
}

async function call(folder, tool) {
  const method = told === 'list' ? ['tools/list'] : ['tools/call', '--tool-name', tool];
  const inspector = spawn(
    process.execPath,
    [
      'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
      '--cli', ...where(folder), '--format', 'json', '--connect-timeout', '0', '--method', ...method,
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
  if (told === 'list') {
    const tools = (result.tools ?? result.result.tools).map((listed) => listed.name);
    if (!tools.includes(tool)) throw new Error(`not listed: ${output}`);
    return (await (await fetch(new URL('/control/seen', server))).json()).at(-1); // the claims of the latest token
  }
  return JSON.parse((result.content ?? result.result.content)[0].text);
}

const first = home();
say({ step: 'sign in', claims: await call(first, 'whoami') });
await expire(server);
say({ step: 'refresh', claims: await call(first, 'whoami') });
if (told !== 'list') {
  try {
    say({ step: 'step up', claims: await call(first, 'write_note') });
  } catch (e) {
    console.error(e);
  }
}
say({ step: 'come back', claims: await call(home(), 'whoami') });
