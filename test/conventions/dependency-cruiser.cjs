// Who may import whom. The comment of a rule is its reason.
const service = '(feature|registry|prediction|router|monitor|console|training|cli|client)';
const shared = '^services/shared';
const test = '\\.test\\.ts$';
const pureNode = '^(node:)?(assert|crypto)(/strict)?$';
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
/** What a pure folder may import: the folders named, and assert and crypto, which do no I/O. */
const pure = (folders) => ({ pathNot: [`^services/(${folders})/`, pureNode] });

module.exports = {
  forbidden: [
    rule(
      'no-cycles',
      'A cycle is one module in two files; messages of a contract may hold each other.',
      { pathNot: '^services/gen/' },
      { circular: true },
    ),
    rule(
      'kernel-is-a-leaf',
      'kernel imports kernel only.',
      { path: `${shared}/kernel/`, pathNot: test },
      pure('shared/kernel'),
    ),
    rule(
      'compute-is-pure',
      'compute sees the kernel only.',
      { path: `${shared}/compute/`, pathNot: test },
      pure('shared/(kernel|compute)'),
    ),
    rule(
      'policy-is-pure',
      'policy sees the kernel only.',
      { path: `${shared}/policy/`, pathNot: test },
      pure('shared/(kernel|policy)'),
    ),
    rule(
      'definition-is-pure',
      'A mesh author imports it in any process: it sees kernel and compute only.',
      { path: `${shared}/definition/`, pathNot: test },
      pure('shared/(kernel|compute|definition)'),
    ),
    rule(
      'platform-knows-no-service',
      'platform is below every service.',
      { path: `${shared}/platform/` },
      { path: `^services/${service}/` },
    ),
    rule(
      'no-service-to-service',
      'Services meet on the wire; only the client library may be imported by others.',
      { path: `^services/${service}/` },
      { path: `^services/${service}/`, pathNot: ['^services/$1/', '^services/client/'] },
    ),
    rule(
      'core-is-pure',
      'core sees its own core and what is pure.',
      { path: `^services/${service}/core/`, pathNot: test },
      { pathNot: [`^services/(shared/(kernel|compute|policy|definition)|$1/core)/`, pureNode] },
    ),
    rule(
      'worker-is-small',
      'What a worker loads, every thread pays for.',
      { path: `^services/${service}/worker/`, pathNot: test },
      {
        pathNot: [
          `^services/(shared/(kernel|compute|platform/inference)|$1/(core|worker))/`,
          '^services/shared/platform/worker/(worker-outcome|serve-process|serve-thread)\\.ts$',
          '^node_modules/@tensorflow/',
          '^(node:)?(worker_threads|fs|fs/promises|os|crypto|url|path|module|assert/strict)$',
        ],
      },
    ),
    rule(
      'rpc-not-to-adapters',
      'Handlers see ports, not adapters.',
      { path: `^services/${service}/rpc/`, pathNot: test },
      { path: `^services/${service}/adapters/` },
    ),
    rule(
      'main-is-a-root',
      'Only a process starts main.ts.',
      {},
      { path: `^services/${service}/main\\.ts$` },
    ),
    rule(
      'gen-at-the-edge',
      'Generated types stay at the wire: platform/grpc, rpc/, adapters/ and the client library.',
      {
        path: '^services/',
        pathNot: [
          test,
          `^services/(gen|client|shared/platform/grpc)/`,
          `^services/${service}/(rpc|adapters)/`,
        ],
      },
      { path: '^services/gen/' },
    ),
    rule(
      'grpc-in-platform',
      'One place knows grpc-js.',
      { path: '^services/', pathNot: '^services/(gen|shared/platform/grpc)/' },
      { path: '^node_modules/(@grpc|grpc-)' },
    ),
    rule(
      'piscina-in-platform',
      'One place knows piscina.',
      { path: '^services/', pathNot: `${shared}/platform/worker/` },
      { path: '^node_modules/piscina/' },
    ),
    rule(
      'onnxruntime-in-platform',
      'One place knows ONNX Runtime.',
      { path: '^services/', pathNot: [`${shared}/platform/inference/`, test] },
      { path: '^node_modules/onnxruntime-(node|common)/' },
    ),
    rule(
      'otel-in-platform',
      'One place knows OpenTelemetry.',
      { path: '^services/', pathNot: `${shared}/platform/telemetry/` },
      { path: '^node_modules/@opentelemetry/' },
    ),
    rule(
      'stores-in-platform',
      'One place knows LMDB, Redis and Postgres.',
      { path: '^services/', pathNot: `${shared}/platform/store/` },
      { path: '^node_modules/(lmdb|ioredis|pg)/' },
    ),
    rule(
      'x509-in-platform',
      'One place makes certificates.',
      { path: '^services/', pathNot: `${shared}/platform/certificates/` },
      { path: '^node_modules/(@peculiar|reflect-metadata)/' },
    ),
    rule(
      'terminal-in-cli',
      'Only the command draws on a terminal.',
      { path: '^services/', pathNot: '^services/cli/' },
      { path: '^node_modules/(commander|cli-table3|cli-progress)/' },
    ),
    rule(
      'schemas-in-settings',
      'Only the settings of a mesh are held against a JSON schema.',
      { path: '^services/', pathNot: '^services/cli/serve/' },
      { path: '^node_modules/ajv/' },
    ),
    rule(
      'nothing-imports-test',
      'test is a root.',
      { pathNot: `^test/|${test}` },
      { path: '^test/' },
    ),
    rule(
      'no-dev-dependency-in-services',
      'It is not installed in production; what a browser gets is bundled by the build.',
      { path: '^services/', pathNot: [test, '^services/console/web/'] },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'web-is-for-browsers',
      "A browser has no Node, and gets what the console's core decides and nothing of the server.",
      { path: '^services/console/web/', pathNot: 'vite\\.config\\.ts$' },
      { pathNot: ['^services/console/(web|core)/', '^node_modules/(preact|uplot)/'] },
    ),
    rule(
      'preact-in-web',
      'Only the web application knows what draws it.',
      { path: '^(services|test)/', pathNot: '^services/console/web/' },
      { path: '^node_modules/(preact|uplot|vite)/' },
    ),
    rule(
      'server-not-to-web',
      'The server sends the built application; it never loads its modules.',
      { path: '^services/', pathNot: '^services/console/web/' },
      { path: '^services/console/web/' },
    ),
    rule('resolvable', 'An import leads somewhere.', {}, { couldNotResolve: true }),
  ],
  options: {
    preserveSymlinks: true, // node_modules may be a link
    tsPreCompilationDeps: true, // type-only imports count
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: '^node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
