/** Sends one body and answers the position of its last event; a line that is neither accepted nor refused is an error. */
export async function sendImport(server, body, count) {
  const response = await fetch(`${server.url}/v1/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/x-ndjson' },
    body,
  });
  const text = await response.text();
  const answered = text.split('"status":"accepted"').length + text.split('"status":"refused"').length - 2;
  if (!response.ok || answered !== count) {
    throw new Error(`an import of ${count} lines answered ${response.status}: ${text.slice(0, 2_000)}`);
  }
  return JSON.parse(text.trimEnd().split('\n').at(-1)).position;
}
