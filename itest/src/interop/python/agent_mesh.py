"""A remote MCP server with `auth: type: oauth2`, as Agent Mesh's gateway signs its user in:
agent_mesh.py <registered|configured> <server>

The gateway's part is not published. This sends what it sends: neither resource nor audience, scopes only as
configured or as the server names them. The configured client gets its tokens by the token client that Agent Mesh
ships. The registered one has to prove its code (PKCE), which that token client does not do, so Authlib redeems it, and
posts the secret as that token client does. Both refresh by that token client."""

import asyncio
import json
import os
import re
import sys
from urllib.parse import urljoin, urlsplit

import httpx
import httpx2
from agent_mesh_oauth import OAuth2Client
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import AsyncOAuth2Client
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from redirect import Redirect, say

WAY, SERVER = sys.argv[1:]
CALLBACK = "/api/v1/auth/tool/callback"


class Configuration:
    """What stands under auth: in the agent's configuration, or is found out where it does not."""

    async def find(self, redirect: str) -> None:
        async with httpx.AsyncClient() as http:
            at = urlsplit(SERVER)
            resource = (
                await http.get(f"{at.scheme}://{at.netloc}/.well-known/oauth-protected-resource{at.path}")
            ).json()
            issuer = urlsplit(resource["authorization_servers"][0])
            server = (
                await http.get(
                    f"{issuer.scheme}://{issuer.netloc}/.well-known/oauth-authorization-server{issuer.path}"
                )
            ).json()
            self.authorization_url = server["authorization_endpoint"]
            self.token_url = server["token_endpoint"]
            self.scopes = resource.get("scopes_supported", [])
            response = await http.post(
                server["registration_endpoint"],
                json={
                    "client_name": "Agent Mesh",
                    "redirect_uris": [redirect],
                    "grant_types": ["authorization_code", "refresh_token"],
                    "response_types": ["code"],
                },
            )
            response.raise_for_status()
            self.client_id = response.json()["client_id"]
            self.client_secret = response.json()["client_secret"]

    def read(self) -> None:
        endpoints = f"{os.environ['ISSUER']}/protocol/openid-connect"
        self.authorization_url = f"{endpoints}/auth"
        self.token_url = f"{endpoints}/token"
        self.client_id = "agent-mesh-gateway"
        self.client_secret = "secret"
        self.scopes = ["notes:read"]


async def sign_in(to: Configuration, redirect: Redirect) -> dict:
    verifier = generate_token(48) if WAY == "registered" else None
    client = AsyncOAuth2Client(
        to.client_id,
        to.client_secret,
        scope=" ".join(to.scopes) or None,
        redirect_uri=redirect.uri,
        code_challenge_method="S256" if verifier else None,
        token_endpoint_auth_method="client_secret_post",
    )
    url, state = client.create_authorization_url(to.authorization_url, code_verifier=verifier)
    say(authorize=url)
    answer = await redirect.next()
    if "code" not in answer:
        raise SystemExit(f"refused: {answer}")
    assert answer["state"] == state
    if verifier:
        return await client.fetch_token(to.token_url, code=answer["code"], code_verifier=verifier)
    return await OAuth2Client().fetch_authorization_code_token(
        token_url=to.token_url,
        client_id=to.client_id,
        client_secret=to.client_secret,
        code=answer["code"],
        redirect_uri=redirect.uri,
    )


async def refresh(to: Configuration, tokens: dict) -> dict:
    return await OAuth2Client().fetch_refresh_token(
        token_url=to.token_url,
        client_id=to.client_id,
        client_secret=to.client_secret,
        refresh_token=tokens["refresh_token"],
    )


async def challenge(tool: str, tokens: dict) -> list[str]:
    """The scopes that the server wants for a tool and misses in the token (RFC 6750 3.1)."""
    async with httpx.AsyncClient() as http:
        response = await http.post(
            SERVER,
            headers={"Authorization": f"Bearer {tokens['access_token']}", "Accept": "application/json, text/event-stream"},
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {}}},
        )
    if response.status_code != 403:
        return []
    return re.search('scope="([^"]*)"', response.headers["WWW-Authenticate"]).group(1).split()


async def call(tool: str, tokens: dict) -> dict:
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        async with Client(streamable_http_client(SERVER, http_client=http)) as client:
            result = await client.call_tool(tool, {})
            return json.loads(result.content[0].text)


async def main() -> None:
    async with Redirect(CALLBACK) as redirect:
        to = Configuration()
        if WAY == "registered":
            await to.find(redirect.uri)
        else:
            to.read()
        say(registered=to.client_id)
        tokens = await sign_in(to, redirect)
        if missing := await challenge("whoami", tokens):
            to.scopes = missing
            tokens = await sign_in(to, redirect)
        say(step="sign in", claims=await call("whoami", tokens))
        async with httpx2.AsyncClient() as http:
            await http.post(urljoin(SERVER, "/control/expire"))
        tokens = await refresh(to, tokens)
        say(step="refresh", claims=await call("whoami", tokens))
        before, to.scopes = to.scopes, await challenge("write_note", tokens)
        say(step="step up", claims=await call("write_note", await sign_in(to, redirect)))
        to.scopes = before
        say(step="come back", claims=await call("whoami", await sign_in(to, redirect)))


asyncio.run(main())
