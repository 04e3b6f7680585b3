"""A custom MCP server whose tools call an API for the signed-in user, as users of Agent Mesh write it:
delegated.py <proxy|keycloak|remote>"""

import json
import os
import socket
import sys

import httpx
import uvicorn
from fastmcp import FastMCP
from fastmcp.server.auth import OAuthProxy, RemoteAuthProvider
from fastmcp.server.auth.providers.jwt import JWTVerifier
from fastmcp.server.auth.providers.keycloak import KeycloakAuthProvider
from fastmcp.server.dependencies import get_access_token

ISSUER = os.environ["ISSUER"]
ENDPOINTS = f"{ISSUER}/protocol/openid-connect"
API = os.environ["API"]
SCOPES = ["desk:use"] if os.environ["ADVERTISE"] == "scopes" else None
CLIENT = ("delegated-mcp-server", "secret")

listener = socket.create_server(("127.0.0.1", 0))
base = f"http://127.0.0.1:{listener.getsockname()[1]}"

verifier = JWTVerifier(jwks_uri=f"{ENDPOINTS}/certs", issuer=ISSUER, audience=f"{base}/mcp")


def proxy() -> OAuthProxy:
    return OAuthProxy(
        upstream_authorization_endpoint=f"{ENDPOINTS}/auth",
        upstream_token_endpoint=f"{ENDPOINTS}/token",
        upstream_client_id=CLIENT[0],
        upstream_client_secret=CLIENT[1],
        token_verifier=verifier,
        base_url=base,
        redirect_path="/auth/callback",
        valid_scopes=SCOPES,
    )


def keycloak() -> KeycloakAuthProvider:
    return KeycloakAuthProvider(
        realm_url=ISSUER, base_url=base, audience=f"{base}/mcp", required_scopes=SCOPES
    )


def remote() -> RemoteAuthProvider:
    return RemoteAuthProvider(
        token_verifier=verifier, authorization_servers=[ISSUER], base_url=base, scopes_supported=SCOPES
    )


auth = {"proxy": proxy, "keycloak": keycloak, "remote": remote}[sys.argv[1]]()
mcp = FastMCP(name="delegated-mcp-server", auth=auth)


async def tickets(token: str) -> dict:
    async with httpx.AsyncClient(timeout=20.0) as client:
        response = await client.get(f"{API}/me/tickets", headers={"Authorization": f"Bearer {token}"})
        return {"status": response.status_code, **response.json()}


@mcp.tool
async def list_my_tickets() -> dict:
    """Sends the token on as it came, which a token for this server alone must not allow."""
    return await tickets(get_access_token().token)


@mcp.tool
async def list_my_tickets_by_exchange() -> dict:
    """Exchanges the token for one for the API (RFC 8693)."""
    async with httpx.AsyncClient(timeout=20.0) as client:
        response = await client.post(
            f"{ENDPOINTS}/token",
            auth=CLIENT,
            data={
                "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token": get_access_token().token,
                "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
                "resource": API,
                "scope": "tickets:read",
            },
        )
        exchanged = response.json()
    if "access_token" not in exchanged:
        return exchanged
    return await tickets(exchanged["access_token"])


print(json.dumps({"listening": f"{base}/mcp"}), flush=True)
uvicorn.Server(uvicorn.Config(mcp.http_app(path="/mcp", stateless_http=True), log_level="warning")).run(
    sockets=[listener]
)
