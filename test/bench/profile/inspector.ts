/** Talks to a Node process that was started with `--inspect`: CPU profiles of a stretch of time, and heap snapshots. */
import { z } from 'zod';

const MESSAGE = z.object({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});
const TARGETS = z.array(z.object({ webSocketDebuggerUrl: z.string() }));
const CHUNK = z.object({ chunk: z.string() });
const HEAP_USAGE = z.object({ usedSize: z.number() });
const PROFILE = z.object({ profile: z.unknown() });

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class Inspector implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  #snapshot: string[] = [];
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(String(data)));
    socket.addEventListener('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the inspected process has ended'));
    });
  }

  static async connect(port: number): Promise<Inspector> {
    const targets = TARGETS.parse(await (await fetch(`http://127.0.0.1:${port}/json/list`)).json());
    const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', () => reject(new Error(`no inspector at port ${port}`)), { once: true });
    });
    return new Inspector(socket);
  }

  async startCpuProfile(): Promise<void> {
    await this.#call('Profiler.enable');
    await this.#call('Profiler.start');
  }

  /** As a `.cpuprofile` has it. */
  async stopCpuProfile(): Promise<unknown> {
    return PROFILE.parse(await this.#call('Profiler.stop')).profile;
  }

  /** What is left after a full collection, as a `.heapsnapshot` has it. It stops the process for seconds. */
  async heapSnapshot(): Promise<string> {
    this.#snapshot = [];
    await this.#call('HeapProfiler.enable');
    await this.#call('HeapProfiler.collectGarbage');
    await this.#call('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    await this.#call('HeapProfiler.disable');
    const text = this.#snapshot.join('');
    this.#snapshot = [];
    return text;
  }

  /** Bytes of what is reachable: garbage is collected first. */
  async liveHeapBytes(): Promise<number> {
    await this.#call('HeapProfiler.collectGarbage');
    return HEAP_USAGE.parse(await this.#call('Runtime.getHeapUsage')).usedSize;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => this.#socket.addEventListener('close', resolve, { once: true }));
    this.#socket.close();
    await closed;
  }

  #call(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #receive(text: string): void {
    const { id, method, params, result, error } = MESSAGE.parse(JSON.parse(text));
    if (method === 'HeapProfiler.addHeapSnapshotChunk') this.#snapshot.push(CHUNK.parse(params).chunk);
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(error.message));
  }
}
