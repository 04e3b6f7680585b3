// What the programs here share: lines that tell the test what happens.
export const say = (line) => console.log(JSON.stringify(line));

/** Tells the test about every authorization request that a program wants somebody to open. */
export function watch(stream) {
  let rest = '';
  const seen = new Set();
  stream.on('data', (chunk) => {
    process.stderr.write(chunk);
    rest += chunk;
    const lines = rest.split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const url = line.match(/https?:\/\/\S+\/protocol\/openid-connect\/auth\?\S+/)?.[0];
      if (url && !seen.has(url)) {
        seen.add(url);
        say({ authorize: url });
      }
    }
  });
}

export const expire = (server) =>
  fetch(new URL('/control/expire', process.env.CONTROL ?? server), { method: 'POST' });
