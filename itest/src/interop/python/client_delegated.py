"""A client of the server that delegates: client_delegated.py <server>"""

import asyncio
import json
import sys

from client_fastmcp import Terminal
from fastmcp import Client
from redirect import say


async def main() -> None:
    auth = Terminal()
    async with Client(sys.argv[1], auth=auth) as client:
        say(registered=(await auth.context.storage.get_client_info()).client_id)
        for step, tool in (
            ("token as it came", "list_my_tickets"),
            ("API by exchange", "list_my_tickets_by_exchange"),
        ):
            result = await client.call_tool(tool, {})
            say(step=step, claims=json.loads(result.content[0].text))


asyncio.run(main())
