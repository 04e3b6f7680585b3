// An agent product whose model does as it is told: node product.mjs <claude|codex> <server>
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { start } from './model.mjs';

const [product, server] = process.argv.slice(2);
const say = (line) => console.log(JSON.stringify(line));
const program = resolve('node_modules/.bin', product);
const model = await start();

/** Runs the product at a terminal, which both want for a login, and tells what somebody should open. */
async function run(home, ...command) {
  const line = [program, ...command].map((word) => `'${word}'`).join(' ');
  const terminal = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: home,
    env: {
      ...process.env, HOME: home, BROWSER: '/bin/true', COLUMNS: '4000', TERM: 'xterm',
      ANTHROPIC_BASE_URL: model, ANTHROPIC_API_KEY: 'none', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ENABLE_TOOL_SEARCH: 'false', // the model looks for no tools, so it has to be shown them
      MCP_CONNECTION_NONBLOCKING: 'false', MCP_CONNECT_TIMEOUT_MS: '60000', // those of a server that answers slowly, too
    },
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
  console.error(output);
  if (status !== 0) throw new Error(`${product} ${command.join(' ')} ended with ${status}`);
  return output;
}

const { install, signIn, ask } = {
  claude: {
    async install(home) {
      await run(home, 'mcp', 'add', '--transport', 'http', 'notes', server);
      await run(home, 'mcp', 'login', 'notes', '--no-browser');
    },
    signIn: (home) => run(home, 'mcp', 'login', 'notes', '--no-browser'), // it remembers what it was told to ask for
    ask: (home, prompt) => run(home, '-p', prompt, '--allowedTools', 'mcp__notes__whoami', 'mcp__notes__write_note'),
  },
  codex: {
    async install(home) {
      mkdirSync(join(home, '.codex'));
      await run(home, 'mcp', 'add', 'notes', '--url', server); // signs in as well
    },
    signIn: (home, scopes) => run(home, 'mcp', 'login', 'notes', '--scopes', scopes),
    ask: (home, prompt) => run(
      home, 'exec', '--skip-git-repo-check', '--model', 'stub',
      '-c', 'model_provider="stub"',
      '-c', `model_providers.stub={name="stub",base_url="${model}/v1",wire_api="responses"}`,
      '-c', 'mcp_servers.notes.default_tools_approval_mode="approve"',
      prompt,
    ),
  },
}[product];

/** The claims that a tool gives, by way of the model; somebody signs in again where the product says that it takes that. */
async function call(home, tool, scopes) {
  let answer = await ask(home, `tool:${tool}`);
  if (/needs additional permissions|insufficient scope/i.test(answer)) {
    await signIn(home, scopes);
    answer = await ask(home, `tool:${tool}`);
  }
  return JSON.parse(answer.match(/\{"exp":[^\r\n]*\}/)[0]);
}

async function installation() {
  const home = mkdtempSync(join(tmpdir(), `${product}-`));
  await install(home);
  return home;
}

const first = await installation();
say({ step: 'sign in', claims: await call(first, 'whoami', 'notes:read') });
await fetch(new URL('/control/expire', server), { method: 'POST' });
say({ step: 'refresh', claims: await call(first, 'whoami', 'notes:read') });
say({ step: 'step up', claims: await call(first, 'write_note', 'notes:read,notes:write') });
say({ step: 'come back', claims: await call(await installation(), 'whoami', 'notes:read') });
process.exit(0);
