/** The schemes of KurrentDB and EventStoreDB that the client knows. */
const SCHEME = /^esdb(\+discover)?:\/\//;
const URL_SHAPE = /^esdb(?:\+discover)?:\/\/(?:([^:@/?]+):([^@/?]+)@)?([^@/?]+)\/?(?:\?(.*))?$/;
const HOST = /^[A-Za-z0-9._-]{1,253}(:\d{1,5})?$/;

const BOOLEAN = /^(true|false)$/;
const NUMBER = /^\d{1,9}$/;
const TEXT = /^[^&?\s]{1,1024}$/;

/**
 * What a URL may set. The client prints the whole URL, password included, when it meets an option that it does not
 * know, so none gets that far; and it takes three options silently that would not do what they say.
 */
const OPTIONS: Readonly<Record<string, RegExp>> = {
  tls: BOOLEAN,
  tlscafile: TEXT,
  usercertfile: TEXT,
  userkeyfile: TEXT,
  connectionname: TEXT,
  maxdiscoverattempts: NUMBER,
  discoveryinterval: NUMBER,
  gossiptimeout: NUMBER,
  defaultdeadline: NUMBER,
  keepaliveinterval: /^(-1|\d{5,9})$/,
  keepalivetimeout: /^(-1|\d{1,9})$/,
  nodepreference: /^leader$/i,
};
const REASONS: Readonly<Record<string, string>> = {
  tlsverifycert: 'has no effect in this client; name the authority’s certificate with tlsCAFile',
  throwonappendfailure: 'cannot be chosen: a conflict must be told apart',
  nodepreference: 'can only be leader: decisions are made on what the leader has',
  keepaliveinterval: 'must be -1 or at least 10000 (milliseconds)',
};

export const isEsdbUrl = (url: string): boolean => SCHEME.test(url);

/** Schemes that may be repeated to whoever set one: anything else that stands before a colon could be a secret. */
const KNOWN_SCHEME = /^(sqlite|esdb(?:\+discover)?|kurrentdb|kdb|postgres(?:ql)?|mysql|mongodb|jdbc|file|https?):/;

/** What an address begins with, as far as it is known not to be secret. */
export const schemeOf = (url: string): string => KNOWN_SCHEME.exec(url)?.[0] ?? 'something else';

/** The URL as it may be shown: without user and password. */
export const withoutSecrets = (url: string): string => url.replace(/\/\/.*@/, '//…@');

/** Which server or cluster it is, as it may be shown. */
export const serverOf = (url: string): string => withoutSecrets(url).replace(/\?.*$/, '');

/** @throws RangeError that says what is wrong, without repeating what is secret */
export function checkEsdbUrl(url: string): void {
  const match = URL_SHAPE.exec(url);
  // A password with a ? in it makes a host of its beginning and options of the rest.
  if (!match || match[4]?.includes('@')) {
    throw new RangeError(
      'must look like esdb://user:password@host:2113?tls=true (percent-encode : @ / ? in a password, and @ behind the ?)',
    );
  }
  const [, , , hosts = '', query = ''] = match;
  for (const host of hosts.split(',')) {
    if (!HOST.test(host)) throw new RangeError('names a host that is none');
  }
  for (const option of query.split('&').filter(Boolean)) checkOption(option);
}

function checkOption(option: string): void {
  const [name = '', value = ''] = option.split('=', 2);
  const key = name.toLowerCase().replaceAll(/[_-]/g, '');
  const pattern = OPTIONS[key];
  if (pattern?.test(value)) return;
  const reason = REASONS[key] ?? (pattern && 'has a value that it cannot have');
  // A name that is none could be a part of a password.
  if (reason === undefined) throw new RangeError(`has an option that is none of ${Object.keys(OPTIONS).join(', ')}`);
  throw new RangeError(`has ${name}, which ${reason}`);
}
