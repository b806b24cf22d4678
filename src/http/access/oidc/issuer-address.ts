const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether what is read at an address can be trusted: it comes over TLS, or from this very machine. */
export function isTrustworthy(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}

/** Whether a text can be an issuer as tokens name it: OpenID Connect Discovery 1.0, section 2. */
export const isIssuer = (text: string): boolean =>
  /^[!-~]{1,500}$/.test(text) && !/[?#@]/.test(text) && isTrustworthy(text);
