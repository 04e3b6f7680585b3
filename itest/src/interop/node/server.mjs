// An MCP server on the TypeScript SDK. A token has to come from the issuer, be for this server, and have
// the scope of the tool that is called.
import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';

const issuer = process.env.ISSUER;
const advertised = process.env.ADVERTISE === 'scopes';
const keys = createRemoteJWKSet(new URL(`${issuer}/protocol/openid-connect/certs`));
const accepted = new Map(); // by jti: the claims
const refused = new Set(); // tokens that the test declared expired

const app = express();
const listener = app.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ listening: self() })));
const self = () => `http://127.0.0.1:${listener.address().port}/mcp`;
const metadata = () => `http://127.0.0.1:${listener.address().port}/.well-known/oauth-protected-resource/mcp`;

const verifier = {
  async verifyAccessToken(token) {
    let claims;
    try {
      ({ payload: claims } = await jwtVerify(token, keys, { issuer, audience: self(), typ: 'at+jwt' }));
    } catch (e) {
      throw new InvalidTokenError(`Unauthorized: ${e.message}`); // the word that MCP Inspector 0.15 looks for
    }
    if (claims.aud !== self()) throw new InvalidTokenError('not for this server alone');
    if (refused.has(claims.jti)) throw new InvalidTokenError('Unauthorized: declared expired');
    accepted.set(claims.jti, claims);
    return { token, clientId: claims.azp, scopes: claims.scope.split(' '), expiresAt: claims.exp, extra: claims };
  },
};

const scopeOf = { whoami: 'notes:read', write_note: 'notes:write' };

function tools() {
  const server = new McpServer({ name: 'notes', version: '1' });
  server.registerTool('whoami', { description: 'The claims of the token' }, ({ authInfo }) => ({
    content: [{ type: 'text', text: JSON.stringify(authInfo.extra) }],
  }));
  server.registerTool('write_note', { description: 'Needs notes:write' }, ({ authInfo }) => ({
    content: [{ type: 'text', text: JSON.stringify(authInfo.extra) }],
  }));
  return server;
}

app.use((request, response, next) => { // MCP Inspector's page and other clients in browsers
  response.set({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Headers': '*, authorization',
    'Access-Control-Expose-Headers': '*, www-authenticate',
  });
  if (request.method === 'OPTIONS') response.status(204).end();
  else next();
});
app.use(express.json());

// MCP Inspector 0.15 looks at the root
app.get(['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource'], (request, response) => {
  response.json({
    resource: self(),
    resource_name: 'Notes',
    authorization_servers: [issuer],
    bearer_methods_supported: ['header'],
    ...(advertised && { scopes_supported: ['notes:read'] }),
  });
});

app.post('/control/expire', (request, response) => {
  for (const jti of accepted.keys()) refused.add(jti);
  response.status(204).end();
});
app.get('/control/seen', (request, response) => response.json([...accepted.values()]));

const bearer = (request, response, next) => requireBearerAuth({
  verifier,
  resourceMetadataUrl: metadata(),
  requiredScopes: advertised ? ['notes:read'] : [], // the rest by step-up
})(request, response, next);

app.post('/mcp', bearer, (request, response, next) => {
  const needed = request.body?.method === 'tools/call' && scopeOf[request.body.params?.name];
  if (needed && !request.auth.scopes.includes(needed)) {
    const wanted = [...request.auth.scopes.filter((scope) => scope.startsWith('notes:')), needed].join(' ');
    response
      .status(403)
      .set('WWW-Authenticate', `Bearer error="insufficient_scope", scope="${wanted}", resource_metadata="${metadata()}"`)
      .json({ error: 'insufficient_scope' });
  } else next();
}, async (request, response) => {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.on('close', () => transport.close());
  await tools().connect(transport);
  await transport.handleRequest(request, response, request.body);
});
app.get('/mcp', bearer, (request, response) => response.status(405).end());
app.delete('/mcp', bearer, (request, response) => response.status(405).end());
