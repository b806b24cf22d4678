/** Standard base64 with its padding, and nothing else: Node's own decoder takes whatever looks like it. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
