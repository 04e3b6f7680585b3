"""The redirect URI of a client on this machine, and the lines that tell the test what happens."""

import asyncio
import json
from urllib.parse import parse_qsl, urlsplit


def say(**line) -> None:
    print(json.dumps(line), flush=True)


class Redirect:
    """Listens at a port of its own until left."""

    def __init__(self, path: str = "/callback"):
        self.path = path

    async def __aenter__(self):
        self.answers = asyncio.Queue()
        self.server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.uri = f"http://localhost:{self.server.sockets[0].getsockname()[1]}{self.path}"
        return self

    async def __aexit__(self, *_):
        self.server.close()

    async def next(self) -> dict[str, str]:
        return await self.answers.get()

    async def _answer(self, reader, writer):
        line = await reader.readline()
        while (await reader.readline()).strip():
            pass
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone")
        await writer.drain()
        writer.close()
        await self.answers.put(dict(parse_qsl(urlsplit(line.split()[1].decode()).query)))
