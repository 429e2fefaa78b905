// The borders of docs/architecture.md. A rule that is broken names the import; the comment says why it is a border.
const tests = String.raw`\.(test|suite)\.ts$|/testing/`;
const server = '^apps/server/src';

/** Imports that exist at run time; types may be named across some borders, code may not. */
const atRunTime = { dependencyTypesNot: ['type-only'] };

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbid(
      'no-circles',
      'What needs each other belongs in one file, or one of the two is handed in.',
      {},
      { circular: true, viaOnly: atRunTime },
    ),
    forbid('no-missing-files', 'An import that leads nowhere.', {}, { couldNotResolve: true }),
    forbid(
      'no-undeclared-packages',
      'A package must be in the package.json of the workspace that uses it.',
      { pathNot: `${tests}|^(tests|bench)/|\\.config\\.ts$` },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),

    // Packages
    forbid(
      'contract-knows-nobody',
      'The contract is at the bottom: everybody may import it.',
      { path: '^packages/contract' },
      { path: '^(apps|packages|tests|bench)/', pathNot: '^packages/contract' },
    ),
    forbid(
      'contract-runs-anywhere',
      'It is read by browsers, too.',
      { path: '^packages/(contract|client)/src', pathNot: tests },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'realtime-knows-no-product',
      'The event table, the verifiers and the log are handed to it.',
      { path: '^packages/realtime' },
      { path: '^(apps|packages|tests|bench)/', pathNot: '^packages/realtime' },
    ),
    forbid(
      'hub-knows-no-sockets',
      'The hub and its bus carry events; doors carry bytes.',
      { path: '^packages/realtime/src/(hub|bus)/', pathNot: tests },
      {
        path: '^packages/realtime/src/(doors|testing)/|node_modules/(ws|socket\\.io|engine\\.io)|^(node:)?(net|http|https|tls)$',
      },
    ),
    forbid(
      'doors-are-strangers',
      'What two doors share belongs beside them.',
      { path: '^packages/realtime/src/doors/([^/]+)/', pathNot: tests },
      { path: '^packages/realtime/src/doors/([^/]+)/', pathNot: '^packages/realtime/src/doors/$1/' },
    ),
    forbid(
      'client-knows-the-contract-only',
      'It talks to the server over the wire, as anybody else.',
      { path: '^packages/client/src', pathNot: tests },
      { path: '^(apps|packages|tests|bench)/', pathNot: '^packages/(client|contract)/' },
    ),
    forbid(
      'packages-by-their-front-door',
      'Inside a package only what its exports name is public.',
      { path: '^(apps|tests|bench)/' },
      {
        path: '^packages/[^/]+/src/',
        pathNot:
          '^packages/[^/]+/src/(index|redis|mentions|passwords|testing/index|testing/random-walk|generate/index)\\.ts$',
      },
    ),

    // Applications
    forbid(
      'web-never-imports-the-server',
      'The web app is built on the client; the server may change beneath it.',
      { path: '^apps/(web|desktop)/' },
      { path: '^(apps/server|packages/realtime|tests|bench)/' },
    ),
    forbid(
      'server-never-imports-the-web',
      'The server serves what was built, it does not know it.',
      { path: server, pathNot: tests },
      { path: '^(apps/(web|desktop)|packages/client|tests|bench)/' },
    ),
    forbid(
      'whole-system-tests-from-outside',
      'End-to-end tests and benchmarks go through the client and the wire. They may start the server and read its settings.',
      { path: '^(tests|bench)/' },
      { path: '^apps/', pathNot: `${server}/(app|main|config|settings|testing/.*|adapters/postgres/.*)` },
    ),

    // The server: main -> app -> modules -> (realtime, ports)
    forbid(
      'modules-know-no-doors',
      'A door decodes and calls a service; a service does not know who calls.',
      { path: `${server}/modules/`, pathNot: tests },
      { path: `${server}/(doors|docs|cli|app|main)(/|\\.ts)` },
    ),
    forbid(
      'modules-know-no-adapters',
      'A module is handed its ports. It may name their types.',
      { path: `${server}/modules/`, pathNot: tests },
      { path: `${server}/adapters/`, ...atRunTime },
    ),
    forbid(
      'stores-are-private',
      "Another module's rows are reached through its service.",
      { path: `${server}/modules/([^/]+)/`, pathNot: tests },
      { path: `${server}/modules/.*store\\.ts$`, pathNot: `${server}/modules/$1/` },
    ),
    forbid(
      'only-app-names-adapters',
      'One place says which part is embedded and which is real: app.ts, with what starts it. Commands choose for themselves.',
      { path: server, pathNot: `${tests}|${server}/(app\\.ts|main\\.ts|start/|cli/|adapters/)` },
      { path: `${server}/adapters/`, ...atRunTime },
    ),
    forbid(
      'adapters-know-no-product',
      'An adapter depends on its port and on what it adapts.',
      { path: `${server}/adapters/`, pathNot: tests },
      { path: `${server}/(modules|doors|docs|app|main)(/|\\.ts)`, ...atRunTime },
    ),
    forbid(
      'only-the-composition-root-starts',
      'Nothing imports what starts the program.',
      { path: server, pathNot: `${tests}|${server}/main\\.ts$` },
      { path: `${server}/main\\.ts$` },
    ),
    forbid(
      'tests-stay-tests',
      'Nothing that runs imports what only tests need.',
      { path: '^(apps|packages)/', pathNot: `${tests}|^packages/realtime/example/` },
      { path: '^(apps|packages)/.*\\.(test|suite)\\.ts$|^apps/server/src/testing/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.vue', '.json'],
    },
    skipAnalysisNotInRules: true,
  },
};
