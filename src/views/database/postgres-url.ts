const SCHEME = /^postgres(ql)?:\/\//;

/** A port, or nothing where the default will do. */
const PORT = /^\d{0,5}$/;
const FILE = /^[^\s]{1,1024}$/;
const LABEL = /^[\w .:/@-]{1,63}$/;

/** What a URL may set: anything else would be taken in silence, and be without effect or turn off what is set here. */
const OPTIONS: Readonly<Record<string, RegExp>> = {
  sslmode: /^(disable|prefer|require|verify-ca|verify-full|no-verify)$/,
  uselibpqcompat: /^(true|false)$/,
  sslrootcert: FILE,
  sslcert: FILE,
  sslkey: FILE,
  host: FILE,
  application_name: LABEL,
  options: /^[\w\s=.,-]{1,500}$/,
};

export const isPostgresUrl = (url: string): boolean => SCHEME.test(url);

/** Which database it is, as it may be shown: without user and password. */
export function placeOf(url: string): string {
  const { hostname, port, pathname, searchParams } = parsed(url);
  const socket = searchParams.get('host');
  if (socket !== null) return `postgres:${socket}${pathname}`;
  const host = hostname || 'localhost';
  return `postgres://${decodeURIComponent(host)}:${port || '5432'}${pathname}`;
}

/** @throws RangeError that says what is wrong, without repeating what is secret */
export function checkPostgresUrl(url: string): void {
  const { username, password, hostname, port, pathname, searchParams } = parsed(url);
  for (const [name, value] of Object.entries({ user: username, password, host: hostname, database: pathname })) {
    if (!isDecodable(value)) throw new RangeError(`has a % in its ${name} that stands for nothing; write it as %25`);
  }
  if (hostname.includes(',')) throw new RangeError('names several hosts; the driver speaks to one');
  if (hostname === '' && !searchParams.has('host')) throw new RangeError('names no host');
  if (!PORT.test(port)) throw new RangeError('has a port that is none');
  if (!/^\/[^/]{1,63}$/.test(pathname)) {
    throw new RangeError('must name one database, such as /cairn after the host');
  }
  for (const [name, value] of searchParams) {
    const pattern = OPTIONS[name];
    if (!pattern) throw new RangeError(`has ${shown(name)}, which is not an option of it`);
    if (!pattern.test(value)) throw new RangeError(`has ${name}, which has a value that it cannot have`);
  }
}

function parsed(url: string): URL {
  try {
    // A socket's folder stands in `host`; a URL without a host but with a user needs one to be parsed.
    return new URL(url.replace('@/', '@localhost/'));
  } catch {
    throw new RangeError(
      'must look like postgres://user:password@host:5432/database (percent-encode : @ / ? # in a password)',
    );
  }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const shown = (name: string): string => (/^\w{1,40}$/.test(name) ? name : 'something');
