/** Which room may use which: what the table "Where things are" of the README names, as rules. */
const room = (name, allowed) => ({
  name,
  comment: `src/${name} may import ${['itself', ...allowed].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: [`^src/${name}/`, ...allowed.map((path) => `^src/${path}`)] },
});

export default {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment: 'The domain imports nothing but itself: no framework, no package, nothing of Node',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^src/domain/' },
    },
    room('commands', ['domain/', 'event-store/port\\.ts$']),
    room('event-store', ['domain/event\\.ts$', 'worker-url\\.ts$']),
    room('ledger', ['event-store/port\\.ts$']),
    room('migrate', ['ledger/', 'event-store/(port|move)\\.ts$']),
    room('views', ['domain/', 'event-store/port\\.ts$', 'adapters\\.ts$', 'worker-url\\.ts$']),
    room('reports', ['views/', 'domain/', 'ledger/', 'event-store/port\\.ts$', 'adapters\\.ts$', 'worker-url\\.ts$']),
    room('access-log', ['views/(columns|paging)\\.ts$', 'worker-url\\.ts$']),
    room('http', [
      'access-log/',
      'commands/',
      'views/',
      'reports/',
      'ledger/',
      'domain/',
      'event-store/port\\.ts$',
      'config\\.ts$',
    ]),
    room('cli', [
      'reports/document/',
      'reports/formats\\.ts$',
      'http/',
      'main\\.ts$',
      'config\\.ts$',
      'views/',
      'migrate/',
      'adapters\\.ts$',
      'event-store/port\\.ts$',
    ]),
    {
      name: 'concrete-stores-are-wired-in-one-place',
      comment: 'Only adapters.ts names a concrete event store',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/adapters\\.ts$', '^src/event-store/'] },
      to: { path: '^src/event-store/[^/]+/' },
    },
    {
      name: 'stores-do-not-know-each-other',
      comment: 'An adapter of the event store imports no other adapter',
      severity: 'error',
      from: { path: '^src/event-store/([^/]+)/' },
      to: { path: '^src/event-store/[^/]+/', pathNot: '^src/event-store/$1/' },
    },
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
