// The MCP login of an agent product: node product.mjs <claude|codex> <server>
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [product, server] = process.argv.slice(2);
const say = (line) => console.log(JSON.stringify(line));
const program = resolve('node_modules/.bin', product);

/** Runs the product at a terminal, which both want for a login, and tells what somebody should open. */
async function run(home, ...command) {
  const line = [program, ...command].map((word) => `'${word}'`).join(' ');
  const terminal = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: home,
    env: { ...process.env, HOME: home, BROWSER: '/bin/true', COLUMNS: '4000', TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  let opened = false;
  terminal.stdout.on('data', (chunk) => {
    output += chunk;
    const url = output.match(/(https?:\/\/[^\s\x07\x1b]+\/protocol\/openid-connect\/auth\?[^\s\x07\x1b]+)[\s\x07\x1b]/)?.[1];
    if (url && !opened) {
      opened = true;
      say({ authorize: url });
    }
  });
  const [status] = await once(terminal, 'close');
  if (status !== 0) throw new Error(`${product} ${command.join(' ')} ended with ${status}: ${output}`);
  return output;
}

async function session() {
  const home = mkdtempSync(join(tmpdir(), `${product}-`));
  if (product === 'claude') {
    await run(home, 'mcp', 'add', '--transport', 'http', 'notes', server);
    await run(home, 'mcp', 'login', 'notes', '--no-browser');
    const list = await run(home, 'mcp', 'list');
    if (!/notes.*Connected/.test(list)) throw new Error(list);
  } else {
    mkdirSync(join(home, '.codex'));
    await run(home, 'mcp', 'add', 'notes', '--url', server);
    const login = await run(home, 'mcp', 'login', 'notes');
    if (!/Success/i.test(login)) throw new Error(login);
  }
}

/** The newest token that the server saw; codex keeps its token until a model wants a tool. */
async function seen() {
  const tokens = await (await fetch(new URL('/control/seen', server))).json();
  return tokens.at(-1) ?? {};
}

await session();
say({ step: 'sign in', claims: await seen() });
await session();
say({ step: 'come back', claims: await seen() });
process.exit(0);
