// mcp-remote between a client without OAuth and the server: node mcp-remote.mjs <server>
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expire, say, watch } from './lines.mjs';

const [server] = process.argv.slice(2);

async function remote(folder) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['node_modules/mcp-remote/dist/proxy.js', server],
    env: { ...process.env, MCP_REMOTE_CONFIG_DIR: folder, HOME: folder, BROWSER: '/bin/true' },
    stderr: 'pipe',
  });
  watch(transport.stderr);
  const client = new Client({ name: 'interop', version: '1' });
  await client.connect(transport, { timeout: 50_000 });
  const call = async (name) => {
    const result = await client.callTool({ name, arguments: {} }, undefined, { timeout: 50_000 });
    return JSON.parse(result.content[0].text);
  };
  return { call, close: () => client.close() };
}

const home = () => mkdtempSync(join(tmpdir(), 'mcp-remote-'));
const first = home();
const proxy = await remote(first);
say({ step: 'sign in', claims: await proxy.call('whoami') });
await expire(server);
say({ step: 'refresh', claims: await proxy.call('whoami') });
say({ step: 'step up', claims: await proxy.call('write_note') });
await proxy.close();

const later = await remote(home()); // registers again
say({ step: 'come back', claims: await later.call('whoami') });
await later.close();
process.exit(0);
