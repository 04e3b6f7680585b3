"""An MCP server on FastMCP. A token has to come from the issuer, be for this server, and have the scope of
the tool that is called."""

import json
import os
import socket

import uvicorn
from fastmcp import FastMCP
from fastmcp.server.auth import AccessToken, RemoteAuthProvider
from fastmcp.server.auth.providers.jwt import JWTVerifier
from fastmcp.server.auth.providers.keycloak import KeycloakAuthProvider
from fastmcp.server.dependencies import get_access_token
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

ISSUER = os.environ["ISSUER"]
ADVERTISED = os.environ["ADVERTISE"] == "scopes"
SCOPE_OF = {"whoami": "notes:read", "write_note": "notes:write"}

listener = socket.create_server(("127.0.0.1", 0))
base = f"http://127.0.0.1:{listener.getsockname()[1]}"
resource = f"{base}/mcp"
metadata = f"{base}/.well-known/oauth-protected-resource/mcp"
accepted: dict[str, dict] = {}
refused: set[str] = set()


class Verifier(JWTVerifier):
    """FastMCP's verifier, with a list of tokens that the test declared expired."""

    async def verify_token(self, token: str) -> AccessToken | None:
        verified = await super().verify_token(token)
        if verified is None or verified.claims["aud"] != resource or verified.claims["jti"] in refused:
            return None
        accepted[verified.claims["jti"]] = verified.claims
        return verified


keycloak = os.environ.get("PROVIDER") == "keycloak"
verifier = Verifier(
    jwks_uri=f"{ISSUER}/protocol/openid-connect/certs",
    issuer=ISSUER,
    audience=resource,
    # the Keycloak provider wants openid unless its user says otherwise
    required_scopes=(["notes:read"] if ADVERTISED else ["openid"]) if keycloak else None,
)
if keycloak:
    auth = KeycloakAuthProvider(realm_url=ISSUER, base_url=base, token_verifier=verifier)
else:
    auth = RemoteAuthProvider(
        token_verifier=verifier,
        authorization_servers=[ISSUER],
        base_url=base,
        resource_name="Notes",
        scopes_supported=["notes:read"] if ADVERTISED else None,  # the rest by step-up
        challenge_scopes=["notes:read"] if ADVERTISED else None,
    )
mcp = FastMCP("notes", auth=auth)


@mcp.tool
def whoami() -> str:
    """The claims of the token."""
    return json.dumps(get_access_token().claims)


@mcp.tool
def write_note() -> str:
    """Needs notes:write."""
    return json.dumps(get_access_token().claims)


@mcp.custom_route("/control/expire", methods=["POST"])
async def expire(request: Request) -> Response:
    refused.update(accepted)
    return Response(status_code=204)


@mcp.custom_route("/control/seen", methods=["GET"])
async def seen(request: Request) -> Response:
    return JSONResponse(list(accepted.values()))


class ScopeOfTool:
    """Answers the call of a tool whose scope the token lacks with the challenge that MCP clients step up on."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != "/mcp":
            return await self.app(scope, receive, send)
        request = Request(scope, receive)
        body = await request.body()
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        message = json.loads(body) if body.startswith(b"{") else {}
        needed = message.get("method") == "tools/call" and SCOPE_OF.get(message["params"]["name"])
        verified = await verifier.verify_token(token) if needed and token else None
        if verified and needed not in verified.scopes:
            wanted = " ".join([*(s for s in verified.scopes if s.startswith("notes:")), needed])
            challenge = f'Bearer error="insufficient_scope", scope="{wanted}", resource_metadata="{metadata}"'
            response = JSONResponse({"error": "insufficient_scope"}, 403, {"WWW-Authenticate": challenge})
            return await response(scope, receive, send)

        async def replay():
            return {"type": "http.request", "body": body, "more_body": False}

        sent = False

        async def once():
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return await replay()

        return await self.app(scope, once, send)


print(json.dumps({"listening": resource}), flush=True)
app = ScopeOfTool(mcp.http_app(path="/mcp", stateless_http=True, json_response=True))
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
