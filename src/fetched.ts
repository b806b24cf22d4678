/**
 * The body of an answer that may be of any size, whoever sent it.
 *
 * @returns undefined where it is longer than may be taken; the rest of it is not waited for
 */
export async function boundedBody({ body }: Response, bytesMax: number): Promise<Buffer<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the stream, and with it the connection.
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Why a `fetch` has failed, in a word or a sentence: it itself only says that it has, and the reason is behind. */
export function fetchFailure(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
