"""An interactive MCP client on the Python SDK: client_sdk.py <server>"""

import asyncio
import json
import sys
from urllib.parse import urljoin

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata
from redirect import Redirect, say

SERVER = sys.argv[1]


class Storage:
    """The least that the SDK wants of an application."""

    tokens = None
    client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client
        say(registered=client.client_id)


async def session(redirect: Redirect, use):
    async def open_browser(url: str) -> None:
        say(authorize=url)

    async def answer() -> AuthorizationCodeResult:
        parameters = await redirect.next()
        return AuthorizationCodeResult(
            code=parameters["code"], state=parameters.get("state"), iss=parameters.get("iss")
        )

    provider = OAuthClientProvider(
        server_url=SERVER,
        client_metadata=OAuthClientMetadata(
            client_name="Interop Python",
            redirect_uris=[redirect.uri],
            grant_types=["authorization_code", "refresh_token"],
            response_types=["code"],
            token_endpoint_auth_method="none",
        ),
        storage=Storage(),
        redirect_handler=open_browser,
        callback_handler=answer,
    )
    async with httpx2.AsyncClient(auth=provider, follow_redirects=True, timeout=60) as http:
        async with Client(streamable_http_client(SERVER, http_client=http)) as client:

            async def call(tool: str) -> dict:
                result = await client.call_tool(tool, {})
                return json.loads(result.content[0].text)

            await use(call, provider)


async def main() -> None:
    async with Redirect() as redirect:

        async def first(call, provider):
            say(step="sign in", claims=await call("whoami"))
            provider.context.token_expiry_time = 1  # as if its time had come
            async with httpx2.AsyncClient() as http:
                await http.post(urljoin(SERVER, "/control/expire"))
            say(step="refresh", claims=await call("whoami"))
            say(step="step up", claims=await call("write_note"))

        async def again(call, provider):
            say(step="come back", claims=await call("whoami"))

        await session(redirect, first)
        await session(redirect, again)


asyncio.run(main())
