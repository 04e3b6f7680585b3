/**
 * Sign-in by authorization code with PKCE (RFC 7636) at the realm. Tokens are in memory only: a reload signs in
 * again, which the single sign-on session answers at once.
 */

const PENDING = "mcp-audit-sign-in";

export class SignInError extends Error {
  constructor(code, description) {
    super(description || code);
    this.code = code;
  }
}

/**
 * The session of the person at the page. Leaves for the sign-in page where there is none yet; then the promise
 * never settles.
 *
 * @throws SignInError if signing in was refused, or the answer is not to a question of this tab
 */
export async function signIn({ issuer, client, page, locale }) {
  const answer = takeAnswer();
  if (answer === null) {
    return leave({ issuer, client, page, locale });
  }
  const pending = takePending();
  if (pending === null || answer.get("state") !== pending.state || answer.get("iss") !== issuer) {
    throw new SignInError("stale");
  }
  if (answer.has("error")) {
    throw new SignInError(answer.get("error"), answer.get("error_description"));
  }
  history.replaceState(null, "", pending.returnTo.startsWith("#/") ? pending.returnTo : "#/");
  const tokens = await redeem(issuer, {
    grant_type: "authorization_code", client_id: client, redirect_uri: page, code: answer.get("code"),
    code_verifier: pending.verifier,
  });
  if (payload(tokens.id_token).nonce !== pending.nonce) {
    throw new SignInError("stale");
  }
  return session({ issuer, client, page, locale }, tokens);
}

/** Goes to the sign-in page, to come back to where the page is now. */
export async function leave({ issuer, client, page, locale }) {
  if (!globalThis.crypto?.subtle) {
    throw new SignInError("insecure");
  }
  const pending = { state: random(), nonce: random(), verifier: random(), returnTo: location.hash };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pending.verifier));
  location.assign(`${issuer}/protocol/openid-connect/auth?${new URLSearchParams({
    response_type: "code", response_mode: "fragment", scope: "openid", client_id: client, redirect_uri: page,
    state: pending.state, nonce: pending.nonce, ui_locales: locale, code_challenge_method: "S256",
    code_challenge: base64url(new Uint8Array(digest)),
  })}`);
  return new Promise(() => {});
}

function session(where, tokens) {
  let current = tokens;
  let expires = expiry(tokens);
  let renewal = null;

  async function renew() {
    try {
      current = await redeem(where.issuer, {
        grant_type: "refresh_token", client_id: where.client, refresh_token: current.refresh_token,
      });
      expires = expiry(current);
    } catch (error) {
      await leave(where);
    } finally {
      renewal = null;
    }
  }

  const roles = payload(tokens.access_token).resource_access?.["realm-management"]?.roles;
  return {
    username: payload(tokens.id_token).preferred_username ?? "",

    /** Whether buttons that need the role make sense. What is allowed is the server's decision. */
    may: (role) => roles === undefined || roles.includes(role),

    /** A token that is good for a request now. */
    async token() {
      if (Date.now() > expires - 20_000) {
        renewal ??= renew();
        await renewal;
      }
      return current.access_token;
    },

    signInAgain: () => leave(where),

    /** Ends the session at Keycloak. By POST, so that no token is in an address. */
    async signOut() {
      const form = { client_id: where.client, refresh_token: current.refresh_token };
      current = {};
      await fetch(`${where.issuer}/protocol/openid-connect/logout`, request(form));
    },
  };
}

async function redeem(issuer, form) {
  const response = await fetch(`${issuer}/protocol/openid-connect/token`, request(form));
  const body = await response.json();
  if (!response.ok) {
    throw new SignInError(body.error, body.error_description);
  }
  return body;
}

function request(form) {
  return {
    method: "POST", body: new URLSearchParams(form), credentials: "omit", cache: "no-store", redirect: "error",
  };
}

/** The answer of the sign-in page, taken out of the address. */
function takeAnswer() {
  const fragment = location.hash.slice(1);
  if (fragment.startsWith("/")) {
    return null;
  }
  const answer = new URLSearchParams(fragment);
  if (!answer.has("state")) {
    return null;
  }
  history.replaceState(null, "", "#/");
  return answer;
}

function takePending() {
  const pending = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  return pending === null ? null : JSON.parse(pending);
}

function expiry(tokens) {
  return Date.now() + tokens.expires_in * 1000;
}

function payload(jwt) {
  const encoded = jwt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0))));
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
