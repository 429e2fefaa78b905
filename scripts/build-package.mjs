// Compiles one workspace package to its `dist`: JavaScript and types. npm runs it before it packs (`prepack`), and with
// --clean afterwards (`postpack`): from the checkout the sources are used, and no dist may be there to grow old.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { fail, inProject, root } from './steps/project.mjs';

const name = process.argv[2] ?? '';
const folder = inProject('packages', name);
if (name === '' || !existsSync(join(folder, 'package.json')))
  fail('Which package? node scripts/build-package.mjs <name>');

const dist = join(folder, 'dist');
rmSync(dist, { recursive: true, force: true });
if (!process.argv.includes('--clean')) build();

function build() {
  const { compilerOptions } = ts.readConfigFile(inProject('tsconfig.base.json'), ts.sys.readFile).config;
  const { options, errors } = ts.convertCompilerOptionsFromJson(
    {
      ...compilerOptions,
      noEmit: false,
      declaration: true,
      // `npm run check` has looked at the types.
      noCheck: true,
      outDir: dist,
      rootDir: join(folder, 'src'),
      // Types of the other packages are looked up in their sources, and not compiled with this one.
      customConditions: undefined,
      paths: sourcesOfOthers(),
    },
    root,
  );
  const program = ts.createProgram(entries(), options);
  const result = program.emit(undefined, writeOwn);
  report([...errors, ...ts.getPreEmitDiagnostics(program).filter(isOwn), ...result.diagnostics]);
}

/** What package.json exports, as it is in the checkout. */
function entries() {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.values(exports).map(({ source }) => join(folder, source));
}

function sourcesOfOthers() {
  return Object.fromEntries(
    ['contract', 'client', 'realtime']
      .filter((other) => other !== name)
      .map((other) => [`@parley/${other}`, [inProject('packages', other, 'src', 'index.ts')]]),
  );
}

function writeOwn(file, text) {
  if (!relative(dist, file).startsWith('..')) ts.sys.writeFile(file, text);
}

/** The other packages lie outside of rootDir, which is right: they are not compiled here. */
function isOwn({ code, file }) {
  const outsideOfRoot = 6059;
  return code !== outsideOfRoot && (file === undefined || file.fileName.startsWith(folder));
}

function report(diagnostics) {
  if (diagnostics.length === 0) return;
  const host = { getCurrentDirectory: () => root, getCanonicalFileName: (file) => file, getNewLine: () => '\n' };
  fail(ts.formatDiagnostics(diagnostics, host));
}
