/** The admin REST API of the realm, {admin}/mcp. */

export class RestError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export function rest(admin, session) {
  const base = `${admin}/mcp/`;

  async function call(method, url, body) {
    // The token goes to this API and nowhere else, whatever a link says.
    if (!url.startsWith(base)) {
      throw new RestError(0, "not the admin API");
    }
    const response = await fetch(url, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: {
        Authorization: `Bearer ${await session.token()}`,
        ...(method === "GET" ? {} : { Accept: "application/json" }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
    });
    if (response.status === 401) {
      await session.signInAgain();
    }
    if (!response.ok) {
      throw new RestError(response.status, await explanation(response));
    }
    return response;
  }

  const address = (path, parameters = {}) => {
    const query = new URLSearchParams(parameters).toString();
    return base + path + (query ? `?${query}` : "");
  };

  async function page(url) {
    const response = await call("GET", url);
    const rows = await response.json();
    const links = response.headers.get("Link") ?? "";
    return { rows, next: related(links, "next", url), previous: related(links, "prev", url) };
  }

  return {
    /** A list: its first rows, and how to get the next ones ({@code next} of {@link follow}), if any. */
    list: (path, parameters) => page(address(path, parameters)),
    follow: (url) => page(url),
    get: async (path) => (await call("GET", address(path))).json(),
    post: async (path, body) => (await call("POST", address(path), body)).json(),
    put: (path, body, parameters) => call("PUT", address(path, parameters), body),
    remove: (path, parameters) => call("DELETE", address(path, parameters)),
    download: async (path, parameters) => (await call("GET", address(path, parameters))).blob(),
  };
}

/** The address of a relation in a Link header (RFC 8288); null where there is none. */
function related(links, relation, url) {
  const found = [...links.matchAll(/<([^>]*)>\s*;\s*rel="?(\w+)"?/g)].find((link) => link[2] === relation) ?? null;
  return found === null ? null : new URL(found[1], url).href;
}

async function explanation(response) {
  try {
    const body = await response.json();
    return body.errorMessage ?? body.error_description ?? body.error ?? response.statusText;
  } catch (error) {
    return response.statusText;
  }
}
