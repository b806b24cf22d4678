export interface Setting {
  readonly name: string;
  readonly default: string;
  readonly meaning: string;
}

/** Every environment variable that Cairn reads. The README's table is checked against this one by a test. */
export const SETTINGS: readonly Setting[] = [
  { name: 'CAIRN_DATA', default: 'data', meaning: 'Folder of the ledger, of the views and of the access log.' },
  {
    name: 'CAIRN_EVENT_STORE',
    default: 'sqlite:data/ledger.db',
    meaning:
      'Where the events are: `sqlite:` and a file, or the `esdb://` or `esdb+discover://` URL of a KurrentDB. Without it, `ledger.db` in the data folder.',
  },
  {
    name: 'CAIRN_DATABASE',
    default: 'sqlite:data/views.db',
    meaning:
      'Where the views are: `sqlite:` and a file, or the `postgres://` URL of a PostgreSQL database. Can be deleted and rebuilt. Without it, `views.db` in the data folder.',
  },
  {
    name: 'CAIRN_EXPORTS_MIB',
    default: '2048',
    meaning: 'MiB of finished exports that are kept in the data folder; beyond it the oldest are removed.',
  },
  {
    name: 'CAIRN_TRUSTED_ROOTS',
    default: '',
    meaning:
      'Files with the trusted roots of Sigstore instances (`trusted_root.json`), with commas between them; without one, no keyless proof is taken.',
  },
  {
    name: 'CAIRN_OIDC_ISSUERS',
    default: '',
    meaning:
      'Issuers whose OIDC tokens pipelines may come in with, such as https://token.actions.githubusercontent.com, with commas between them.',
  },
  {
    name: 'CAIRN_OIDC_AUDIENCE',
    default: '',
    meaning: 'Audience that such a token must name: best this server’s own address.',
  },
  { name: 'CAIRN_HOST', default: '127.0.0.1', meaning: 'Address that the server listens on.' },
  { name: 'CAIRN_PORT', default: '3000', meaning: 'Port that the server listens on; `0` takes any free one.' },
  {
    name: 'CAIRN_ADMIN_TOKEN',
    default: '',
    meaning:
      'Taken as the admin’s token at the first start, 32 to 256 characters; without it one is made and printed once.',
  },
  {
    name: 'CAIRN_SEAL',
    default: 'on',
    meaning: '`off` runs a server that seals nothing, such as to measure what sealing costs.',
  },
  {
    name: 'CAIRN_SEAL_INTERVAL_MS',
    default: '1000',
    meaning:
      'Milliseconds from one signed checkpoint to the next while the ledger grows; who waits for one has it at once.',
  },
  {
    name: 'CAIRN_ORIGIN',
    default: '',
    meaning:
      'Name of the log, as its checkpoints have it; without it one is made at the first start. It cannot change.',
  },
  {
    name: 'CAIRN_SIGNING_KEY',
    default: '',
    meaning:
      'Key that signs the checkpoints, `PRIVATE+KEY+…`, or the path of a file with it; without it one is made in the data folder.',
  },
  {
    name: 'CAIRN_SIGNING_KEY_PREVIOUS',
    default: '',
    meaning: 'The key before, in the same way, to replace it by the one above.',
  },
  {
    name: 'CAIRN_WITNESSES',
    default: '',
    meaning:
      'Witnesses that cosign the checkpoints: `<verifier key>@<url>` each, with spaces or new lines between them.',
  },
  {
    name: 'CAIRN_WITNESSES_REQUIRED',
    default: '0',
    meaning:
      'So many of them must have cosigned a checkpoint before it is published; with `0` their cosignatures follow.',
  },
  {
    name: 'CAIRN_RATE_LIMIT',
    default: '60000',
    meaning: 'Requests that a caller may send within a minute; `0` for no limit. Health is never limited.',
  },
  {
    name: 'CAIRN_REFUSALS_PER_MINUTE',
    default: '600',
    meaning: 'Refusals of a caller that become an event each within a minute; beyond it they are counted in one.',
  },
  {
    name: 'CAIRN_PUBLIC_URL',
    default: '',
    meaning: 'Where browsers reach the server, such as `https://cairn.example.org`; needed to sign in.',
  },
  {
    name: 'CAIRN_SIGN_IN_ISSUER',
    default: '',
    meaning: 'OpenID Connect issuer at which people sign in, exactly as its tokens name it; without one, nobody does.',
  },
  { name: 'CAIRN_SIGN_IN_CLIENT_ID', default: '', meaning: 'As what this server is known to that issuer.' },
  {
    name: 'CAIRN_SIGN_IN_CLIENT_SECRET',
    default: '',
    meaning: 'The secret that goes with it; without one the client is a public one, which has PKCE alone.',
  },
  {
    name: 'CAIRN_SIGN_IN_ROLES',
    default: '',
    meaning:
      'Who may do what: `role=claim:value` each, with commas between them, such as `admin=groups:platform,auditor=groups:audit`.',
  },
  {
    name: 'CAIRN_SIGN_IN_SCOPE',
    default: 'openid',
    meaning: 'What is asked of the issuer, with spaces between: some give groups only to who asks for `groups`.',
  },
  { name: 'CAIRN_URL', default: 'http://127.0.0.1:3000', meaning: 'Server that the sub-commands speak to.' },
  { name: 'CAIRN_TOKEN', default: '', meaning: 'Token that the sub-commands send.' },
  {
    name: 'CAIRN_ID_TOKEN',
    default: '',
    meaning: 'OIDC token of a CI’s job, which `bake` and `attest` send with `--oidc`; GitHub Actions has its own way.',
  },
  {
    name: 'CAIRN_ATTEST_KEY',
    default: '',
    meaning: 'Private key in PEM that `attest` and `bake` sign with, or the path of a file with it.',
  },
  {
    name: 'CAIRN_ATTEST_KEY_PASSPHRASE',
    default: '',
    meaning: 'Passphrase of that key, or of the one that `--key` names, where it is encrypted.',
  },
  { name: 'CAIRN_DEBUG', default: '', meaning: 'Set to anything, the command line shows the cause of an error.' },
];

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a setting by its name: what is given, or its default; an empty text where there is neither. */
export type Read = (name: string) => string;

export const readFrom =
  (environment: Environment): Read =>
  (name) => {
    const given = environment[name]?.trim() ?? '';
    return given !== '' ? given : (SETTINGS.find((setting) => setting.name === name)?.default ?? '');
  };
