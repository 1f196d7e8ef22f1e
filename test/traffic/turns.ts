/**
 * How many cases of this suite run at a time, whichever file they are in: as most of a case is waiting, several fit
 * side by side, and more than the processors can feed would measure the machine instead of the proxy. Files are
 * processes, so the turns are dealt out over a socket: a connection is a place in the queue, and then a turn.
 */
import { createServer, connect, type Server, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The wait for a turn, in milliseconds as vitest takes them: it lasts as long as all cases before. */
export const NO_LIMIT = 0;

const GO = 'go';

/** Deals out turns, in the order in which they are asked for. */
export class Turns {
  readonly path: string;
  readonly #server: Server;
  readonly #waiting = new Set<Socket>();
  #left: number;

  private constructor(path: string, atATime: number) {
    this.path = path;
    this.#left = atATime;
    this.#server = createServer((socket) => this.#enter(socket));
  }

  static async open(atATime: number): Promise<Turns> {
    const turns = new Turns(join(await mkdtemp(join(tmpdir(), 'serin-turns-')), 'socket'), atATime);
    await new Promise<void>((resolve, reject) => {
      turns.#server.once('error', reject);
      turns.#server.listen(turns.path, resolve);
    });
    return turns;
  }

  /** How many have asked for a turn and have none. */
  get waiting(): number {
    return this.#waiting.size;
  }

  async close(): Promise<void> {
    this.#server.close();
    await rm(dirname(this.path), { recursive: true });
  }

  #enter(socket: Socket): void {
    this.#waiting.add(socket);
    // A process that dies gives its turn back as one that ends does; its error says no more than its close.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (!this.#waiting.delete(socket)) this.#left += 1;
      this.#deal();
    });
    this.#deal();
  }

  #deal(): void {
    for (const socket of this.#waiting) {
      if (this.#left === 0) return;
      this.#left -= 1;
      this.#waiting.delete(socket);
      socket.write(GO);
    }
  }
}

/** Runs it when its turn comes; the turn ends with it. */
export async function inTurn(path: string, run: () => Promise<void>): Promise<void> {
  const socket = await turnAt(path);
  try {
    await run();
  } finally {
    socket.destroy();
  }
}

/** The turn lasts for as long as the connection. */
function turnAt(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the turns are over')));
    socket.once('data', () => resolve(socket));
  });
}
