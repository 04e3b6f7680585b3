"""An interactive MCP client on FastMCP, whose OAuth support needs nothing but the server's URL:
client_fastmcp.py <server>"""

import asyncio
import json
import sys
from urllib.parse import urljoin

import httpx2
from fastmcp import Client
from fastmcp.client.auth import OAuth
from redirect import say

SERVER = sys.argv[-1]


class Terminal(OAuth):
    """Says what it would open in a browser."""

    async def redirect_handler(self, authorization_url: str) -> None:
        say(authorize=authorization_url)


async def session(use) -> None:
    auth = Terminal()
    async with Client(SERVER, auth=auth) as client:

        async def call(tool: str) -> dict:
            result = await client.call_tool(tool, {})
            return json.loads(result.content[0].text)

        say(registered=(await auth.context.storage.get_client_info()).client_id)
        await use(call, auth)


async def first(call, auth) -> None:
    say(step="sign in", claims=await call("whoami"))
    auth.context.token_expiry_time = 1  # as if its time had come
    async with httpx2.AsyncClient() as http:
        await http.post(urljoin(SERVER, "/control/expire"))
    say(step="refresh", claims=await call("whoami"))
    say(step="step up", claims=await call("write_note"))


async def again(call, auth) -> None:
    say(step="come back", claims=await call("whoami"))


async def main() -> None:
    await session(first)
    await session(again)


if __name__ == "__main__":
    asyncio.run(main())
