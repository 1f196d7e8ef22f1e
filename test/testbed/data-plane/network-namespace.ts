/**
 * A network of its own for a program and all that it starts: loopback, and the pods' addresses on it. Nothing inside
 * reaches the machine's network, and nothing on the machine's network reaches what is inside.
 * It knows Linux only, and needs `unshare` (util-linux) and `ip` (iproute2).
 */
import { spawn } from 'node:child_process';

/** Every address of this range is local inside, so a process that listens on one of them is the pod with that address. */
const POD_RANGE = '10.244.0.0/16';

const SET_UP = `ip link set lo up && ip route add local ${POD_RANGE} dev lo`;

/** As root, and as a user who may have namespaces of their own. */
const WAYS = [
  ['unshare', '--net'],
  ['unshare', '--user', '--map-root-user', '--net'],
] as const;

export type NetworkNamespace =
  /** What to put in front of a command line, so that it runs inside. */
  | { readonly possible: true; readonly prefix: readonly string[] }
  /** Why it cannot run inside, for a person. */
  | { readonly possible: false; readonly reason: string };

/** Tries what this machine allows. Nothing of the attempts is left. */
export async function findNetworkNamespace(ways: readonly (readonly string[])[] = WAYS): Promise<NetworkNamespace> {
  const complaints: string[] = [];
  for (const way of ways) {
    const complaint = await complaintOf([...way, 'sh', '-c', SET_UP]);
    if (complaint === undefined) {
      return { possible: true, prefix: [...way, 'sh', '-c', `${SET_UP} && exec "$@"`, 'inside'] };
    }
    complaints.push(`  ${way.join(' ')}: ${complaint}`);
  }
  return {
    possible: false,
    reason:
      'a network namespace cannot be made on this machine, neither as root nor as a user, ' +
      'and without one pods have no addresses (it takes Linux, `unshare` of util-linux and `ip` of iproute2):\n' +
      complaints.join('\n'),
  };
}

function complaintOf([command = '', ...args]: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const words: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => words.push(chunk));
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => {
      const said = Buffer.concat(words).toString('utf8').trim();
      resolve(code === 0 ? undefined : said === '' ? `ended with ${code}` : said);
    });
  });
}
