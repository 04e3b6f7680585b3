// An interactive MCP client on the TypeScript SDK: node sdk-client.mjs <v1|v2> <server>
import { createServer } from 'node:http';
import { once } from 'node:events';
import { expire, say } from './lines.mjs';

const [generation, server] = process.argv.slice(2);
const { Client, StreamableHTTPClientTransport, UnauthorizedError, auth } =
  generation === 'v2'
    ? await import('@modelcontextprotocol/client')
    : {
        ...(await import('@modelcontextprotocol/sdk/client/index.js')),
        ...(await import('@modelcontextprotocol/sdk/client/streamableHttp.js')),
        ...(await import('@modelcontextprotocol/sdk/client/auth.js')),
      };

const listener = createServer();
listener.listen(0, '127.0.0.1');
await once(listener, 'listening');
const redirectUrl = `http://localhost:${listener.address().port}/callback`;

/** What the next call of the redirect URI brings. */
const callback = () =>
  new Promise((resolve) =>
    listener.once('request', (request, response) => {
      response.end('You can close this window.');
      resolve(new URL(request.url, redirectUrl).searchParams);
    }),
  );

/** The least that the SDK wants of an application: everything is kept in memory. */
class Provider {
  redirectUrl = redirectUrl;
  clientMetadata = {
    client_name: `Interop ${generation}`,
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  clientInformation = () => this.client;
  saveClientInformation(client) {
    this.client = client;
    say({ registered: client.client_id });
  }
  tokens = () => this.saved;
  saveTokens = (tokens) => void (this.saved = tokens);
  redirectToAuthorization(url) {
    this.answer = callback();
    say({ authorize: url.href });
  }
  saveCodeVerifier = (verifier) => void (this.verifier = verifier);
  codeVerifier = () => this.verifier;
  // v2 keeps what it discovered, so that the code goes to the server that was asked
  saveDiscoveryState = (state) => void (this.discovery = state);
  discoveryState = () => this.discovery;
}

/** The scopes of the last challenge, as applications on v1 have to note for themselves. */
const challenged = {};
const noting = async (url, init) => {
  const response = await fetch(url, init);
  const challenge = response.headers.get('www-authenticate');
  if (response.status === 403) challenged.scope = challenge?.match(/scope="([^"]*)"/)?.[1];
  return response;
};

class Session {
  provider = new Provider();

  async connect() {
    this.client = new Client({ name: 'interop', version: '1' });
    this.transport = new StreamableHTTPClientTransport(new URL(server), {
      authProvider: this.provider,
      fetch: noting,
    });
    await this.client.connect(this.transport);
    this.connected = true;
  }

  /** Does it, after authorization where the SDK asks for that. */
  async authorized(action) {
    try {
      return await action();
    } catch (e) {
      if (generation === 'v1' && e.code === 403) {
        // v1 answers a challenge for more scopes by a refresh, which cannot bring any; applications
        // that know it forget their tokens first.
        this.provider.saved = undefined;
        await auth(this.provider, { serverUrl: server, scope: challenged.scope });
      } else if (!(e instanceof UnauthorizedError)) throw e;
      const answer = await this.provider.answer;
      await this.transport.finishAuth(generation === 'v2' ? answer : answer.get('code'));
      await this.client.close();
      if (this.connected) await this.connect();
      return await action();
    }
  }

  async call(name) {
    const result = await this.client.callTool({ name, arguments: {} });
    return JSON.parse(result.content[0].text);
  }
}

const first = new Session();
await first.authorized(() => first.connect());
say({ step: 'sign in', claims: await first.authorized(() => first.call('whoami')) });

await expire(server);
say({ step: 'refresh', claims: await first.call('whoami') });

say({ step: 'step up', claims: await first.authorized(() => first.call('write_note')) });

const second = new Session();
await second.authorized(() => second.connect());
say({ step: 'come back', claims: await second.authorized(() => second.call('whoami')) });

process.exit(0);
