"""Machine access as Python programs get it: machine.py <sdk-secret|sdk-jwt|agent-mesh|example> <server>"""

import asyncio
import json
import os
import sys
import time

import httpx
import httpx2
from mcp import Client
from mcp.client.auth.extensions.client_credentials import (
    ClientCredentialsOAuthProvider,
    PrivateKeyJWTOAuthProvider,
    SignedJWTParameters,
)
from mcp.client.streamable_http import streamable_http_client
from redirect import say

WAY, SERVER = sys.argv[1:]
ISSUER = os.environ["ISSUER"]
TOKEN_ENDPOINT = f"{ISSUER}/protocol/openid-connect/token"
SCOPE = os.environ.get("SCOPE") or None


class Storage:
    async def get_tokens(self):
        return None

    async def set_tokens(self, tokens):
        pass

    async def get_client_info(self):
        return None

    async def set_client_info(self, client):
        pass


async def whoami(auth) -> dict:
    async with httpx2.AsyncClient(auth=auth, follow_redirects=True, timeout=60) as http:
        async with Client(streamable_http_client(SERVER, http_client=http)) as client:
            result = await client.call_tool("whoami", {})
            return json.loads(result.content[0].text)


class Bearer(httpx2.Auth):
    def __init__(self, token: str):
        self.token = token

    def auth_flow(self, request):
        request.headers["Authorization"] = f"Bearer {self.token}"
        yield request


async def sdk_secret():
    return await whoami(
        ClientCredentialsOAuthProvider(
            server_url=SERVER,
            storage=Storage(),
            client_id="interop-agent",
            client_secret="secret",
            scope=SCOPE,
            issuer=ISSUER,
        )
    )


async def sdk_jwt():
    parameters = SignedJWTParameters(
        issuer="interop-agent-jwt", subject="interop-agent-jwt", signing_key=os.environ["PRIVATE_KEY"]
    )
    return await whoami(
        PrivateKeyJWTOAuthProvider(
            server_url=SERVER,
            storage=Storage(),
            client_id="interop-agent-jwt",
            assertion_provider=parameters.create_assertion_provider(),
            scope=SCOPE,
            issuer=ISSUER,
        )
    )


async def agent_mesh():
    """The token client that Agent Mesh ships."""
    from agent_mesh_oauth import OAuth2Client

    tokens = await OAuth2Client().fetch_client_credentials_token(
        token_url=TOKEN_ENDPOINT, client_id="interop-agent", client_secret="secret", scope=SCOPE
    )
    return await whoami(Bearer(tokens["access_token"]))


class ClientCredentialsTokenManager:
    """As users of Agent Mesh write it for a custom agent."""

    def __init__(self):
        self.token = None
        self.expires_at = 0

    async def get_token(self) -> str:
        now = time.time()
        if self.token and now < self.expires_at - 60:
            return self.token
        async with httpx.AsyncClient(timeout=20.0) as client:
            response = await client.post(
                TOKEN_ENDPOINT,
                data={
                    "grant_type": "client_credentials",
                    "client_id": "interop-agent",
                    "client_secret": "secret",
                    "scope": os.environ.get("SCOPE", ""),
                    "audience": os.environ.get("AUDIENCE", ""),
                },
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            )
            response.raise_for_status()
            payload = response.json()
        self.token = payload["access_token"]
        self.expires_at = now + int(payload.get("expires_in", 3600))
        return self.token


async def example():
    manager = ClientCredentialsTokenManager()
    first = await manager.get_token()
    assert await manager.get_token() == first, "not cached"
    return await whoami(Bearer(first))


ways = {"sdk-secret": sdk_secret, "sdk-jwt": sdk_jwt, "agent-mesh": agent_mesh, "example": example}
say(step="machine token", claims=asyncio.run(ways[WAY]()))
