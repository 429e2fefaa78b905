import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { fail, inProject, root } from './project.mjs';

/**
 * Runs programs on the given Node until the first one ends, ends the others, and answers with its exit code.
 *
 * Ctrl-C reaches the children by themselves (same terminal group), so SIGINT is only survived here; SIGTERM is passed
 * on. A child with `ipc` keeps a channel to this process: when it sees `disconnect` its parent was killed, and it must
 * drain and exit as if it had got SIGTERM.
 */
export function runChildren(programs) {
  const children = programs.map(start);
  let ending = false;
  const end = () => {
    // Once only: a server that drains takes a second signal for impatience.
    if (ending) return;
    ending = true;
    for (const child of children) child.kill('SIGTERM');
  };
  process.on('SIGINT', () => {});
  process.on('SIGTERM', end);
  process.on('SIGHUP', end);
  const stopWatching = whenParentDies(end);
  return new Promise((resolve) => {
    let running = children.length;
    let exitCode;
    for (const child of children) {
      child.on('exit', (code, signal) => {
        exitCode ??= code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1);
        running -= 1;
        if (running > 0) return end();
        stopWatching();
        resolve(exitCode);
      });
    }
  });
}

function start({ name, node, args, folder = '.', ipc = false }) {
  const child = spawn(node, ['--conditions=source', ...args], {
    cwd: inProject(folder),
    stdio: ['inherit', 'inherit', 'inherit', ...(ipc ? ['ipc'] : [])],
    env: { ...process.env, PATH: [inProject('node_modules', '.bin'), dirname(node), process.env.PATH].join(delimiter) },
  });
  child.on('error', (error) => fail(`Cannot start ${name} with ${node} (in ${root}): ${error.message}`));
  return child;
}

/**
 * npm starts a shell that starts this. Killed with -9, npm takes neither with it, and stopped with SIGTERM it takes the
 * shell only; without this the server would keep the port.
 */
function whenParentDies(end) {
  if (process.env.npm_lifecycle_event === undefined) return () => {};
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    end();
  }, 500);
  timer.unref();
  return () => clearInterval(timer);
}

/** The numbers of the shell and, where the system tells (proc(5)), of npm. */
function ancestors() {
  const shell = process.ppid;
  try {
    const stat = readFileSync(`/proc/${shell}/stat`, 'utf8');
    return `${shell} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`;
  } catch {
    return process.platform === 'linux' ? 'gone' : String(shell);
  }
}
