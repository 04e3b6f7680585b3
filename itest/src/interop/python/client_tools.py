"""Says which tools a server lists for who signs in, and whether they can be called: client_tools.py <server>"""

import asyncio
import sys

from client_fastmcp import Terminal
from fastmcp import Client
from redirect import say

ARGUMENTS = {"find_account": {"name": "Acme"}, "rename_account": {"name": "Acme", "to": "Acme Ltd"}}


async def main() -> None:
    async with Client(sys.argv[-1], auth=Terminal()) as client:
        tools = [tool.name for tool in await client.list_tools()]
        say(step="tools", claims=tools)
        for tool in tools:
            result = await client.call_tool(tool, ARGUMENTS.get(tool, {}))
            say(step=tool, claims=result.content[0].text)


if __name__ == "__main__":
    asyncio.run(main())
