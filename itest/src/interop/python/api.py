"""A support desk behind an MCP server, which nothing but a token for this very API opens: api.py"""

import json
import os
import socket

import uvicorn
from fastmcp.server.auth.providers.jwt import JWTVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

listener = socket.create_server(("127.0.0.1", 0))
resource = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
verifier = JWTVerifier(
    jwks_uri=f"{os.environ['ISSUER']}/protocol/openid-connect/certs",
    issuer=os.environ["ISSUER"],
    audience=resource,
    required_scopes=["tickets:read"],
)


async def tickets(request: Request) -> JSONResponse:
    token = await verifier.verify_token(request.headers.get("authorization", "").removeprefix("Bearer "))
    if token is None:
        return JSONResponse({"error": "invalid_token"}, 401)
    return JSONResponse({key: token.claims.get(key) for key in ("sub", "act", "aud", "scope")})


print(json.dumps({"listening": resource}), flush=True)
app = Starlette(routes=[Route("/api/me/tickets", tickets)])
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
