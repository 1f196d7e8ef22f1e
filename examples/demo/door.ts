/**
 * Forwards connections byte by byte between the host's loopback and a Unix socket, which a network namespace does not
 * separate.
 */
import { connect, createServer, type NetConnectOpts, type ListenOptions, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

export interface Door {
  /** Only of a door that listens on TCP. */
  readonly port: number;
  /** Connections are cut, and no new one is taken, when this resolves. */
  close(): Promise<void>;
}

/** Listens on loopback, at a free port. */
export const ANY_PORT: ListenOptions = { host: '127.0.0.1', port: 0 };

/** A connection to `from` is forwarded to `to`, and closed where no process listens there. */
export async function openDoor(from: ListenOptions, to: NetConnectOpts): Promise<Door> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (caller) => {
    const callee = connect({ ...to, allowHalfOpen: true });
    for (const socket of [caller, callee]) {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    }
    // Either end may close at any time; then the other one is cut.
    pipeline(caller, callee, caller, () => undefined);
  });
  await listening(server, from);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function listening(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
