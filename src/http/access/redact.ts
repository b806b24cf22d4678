import type { TokenDirectory } from './token-directory.js';

const MASK = '***';

/** The shortest token that a setting may name. */
const TOKEN_CHARACTERS_MIN = 32;

/** Our own tokens, and so much of one that the rest could be tried; keys that sign checkpoints. */
const TOKEN_TEXT = /cairn_[A-Za-z0-9_-]{20,}|PRIVATE\+KEY\+[A-Za-z0-9.+/=_-]+/g;

/** A JWT, or so much of one that it tells whom it is of: its header always begins with `{"`. */
const JWT_TEXT = /eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g;

/** Names under which other APIs take secrets in a query, and under which an issuer sends what a person signs in with. */
const SECRET_NAME = /token|secret|passw|auth(?!ors?$)|bearer|credential|jwt|api[-_]?key|^(?:code|state)$/i;

/**
 * A path with its query, or another text of a caller, without what is or may be a token: somebody who sends one in the
 * wrong place must not find it in the access log, where every admin could read it.
 */
export function redact(text: string, tokens: TokenDirectory): string {
  // First as a whole: a key may have the slash in its name that the text is taken apart at.
  const [path = '', ...rest] = text.replace(TOKEN_TEXT, MASK).split('?');
  const shown = path.split('/').map((part) => withoutToken(part, tokens));
  if (rest.length === 0) return shown.join('/');
  const query = rest.join('?').split('&');
  return `${shown.join('/')}?${query.map((pair) => redactPair(pair, tokens)).join('&')}`;
}

/**
 * A text that goes out, or into the server's log, without our own tokens and keys, whatever it quotes; and without the
 * token that the caller sent where it belongs, and perhaps elsewhere as well: answers end up in the logs of CIs.
 */
export function withoutSecrets(text: string, authorization = ''): string {
  const own = authorization.slice(authorization.lastIndexOf(' ') + 1);
  const rest = text.replace(TOKEN_TEXT, MASK);
  return own.length < TOKEN_CHARACTERS_MIN ? rest : rest.replaceAll(own, MASK);
}

function redactPair(pair: string, tokens: TokenDirectory): string {
  const at = pair.indexOf('=');
  if (at < 0) return withoutToken(pair, tokens);
  const name = withoutToken(pair.slice(0, at), tokens);
  if (SECRET_NAME.test(decoded(name))) return `${name}=${MASK}`;
  return `${name}=${withoutToken(pair.slice(at + 1), tokens)}`;
}

/** The admin may have chosen a token of any form, so what is long enough is looked up. */
function withoutToken(part: string, tokens: TokenDirectory): string {
  if (part.length < TOKEN_CHARACTERS_MIN) return masked(part);
  const plain = decoded(part);
  if (tokens.find(plain, Date.now())) return MASK;
  const shown = masked(plain);
  return shown === plain ? part : shown;
}

const masked = (text: string): string => text.replace(TOKEN_TEXT, MASK).replace(JWT_TEXT, MASK);

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
