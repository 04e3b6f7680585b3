// Machine access on the TypeScript SDK: node sdk-machine.mjs <secret|jwt> <server>
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ClientCredentialsProvider, PrivateKeyJwtProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import { say } from './lines.mjs';

const [way, server] = process.argv.slice(2);
const scope = process.env.SCOPE || undefined;
const expectedIssuer = process.env.ISSUER;
const authProvider =
  way === 'jwt'
    ? new PrivateKeyJwtProvider({
        clientId: 'interop-agent-jwt',
        privateKey: process.env.PRIVATE_KEY,
        algorithm: 'RS256',
        scope,
        expectedIssuer,
      })
    : new ClientCredentialsProvider({ clientId: 'interop-agent', clientSecret: 'secret', scope, expectedIssuer });

const client = new Client({ name: 'interop', version: '1' });
await client.connect(new StreamableHTTPClientTransport(new URL(server), { authProvider }));
const result = await client.callTool({ name: 'whoami', arguments: {} });
say({ step: 'machine token', claims: JSON.parse(result.content[0].text) });
process.exit(0);
