/**
 * A proxy between a controller and the API server that counts requests and the bytes of their bodies, as they are on the
 * wire: compressed, where they are. It speaks HTTP/1.1 only, with the API server's own certificate, so that clients trust
 * it. It costs time, so nothing else is measured through it.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ControlPlane } from '../../testbed/cluster/control-plane.ts';
import { writeKubeconfig } from '../../testbed/cluster/credentials.ts';
import { kindOfRequest } from './request-kind.ts';

export interface Traffic {
  readonly requests: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** By verb and resource, as in `patch rollouts/status`. */
export type TrafficCounts = Readonly<Record<string, Traffic>>;

export interface ByteCounter extends AsyncDisposable {
  /** Of a client that goes through it, as the user. */
  readonly kubeconfig: string;
  /** All since the last time. */
  take(): TrafficCounts;
}

export async function startByteCounter(plane: ControlPlane, user: string): Promise<ByteCounter> {
  const certs = join(plane.scratch, 'certs');
  const ca = readFileSync(plane.caFile);
  const agent = new Agent({ keepAlive: true, ca });
  let counts: Record<string, { requests: number; sentBytes: number; receivedBytes: number }> = {};
  const count = (kind: string, add: Partial<Traffic>): void => {
    const sum = (counts[kind] ??= { requests: 0, sentBytes: 0, receivedBytes: 0 });
    sum.requests += add.requests ?? 0;
    sum.sentBytes += add.sentBytes ?? 0;
    sum.receivedBytes += add.receivedBytes ?? 0;
  };

  const forward = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { method = 'GET', url = '/' } = incoming;
    const kind = kindOfRequest(method, url);
    count(kind, { requests: 1 });
    const onward = request(new URL(url, plane.server), { method, agent, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('data', (chunk: Buffer) => count(kind, { receivedBytes: chunk.length }));
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.on('data', (chunk: Buffer) => count(kind, { sentBytes: chunk.length }));
    incoming.pipe(onward);
  };

  const [cert, key] = ['apiserver.crt', 'apiserver.key'].map((file) => readFileSync(join(certs, file)));
  const server = createServer({ cert, key }, forward);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const kubeconfig = join(plane.scratch, `${user}.counted.kubeconfig`);
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeKubeconfig(kubeconfig, url, plane.caFile, plane.token(user));
  return {
    kubeconfig,
    take() {
      const taken = counts;
      counts = {};
      return Object.fromEntries(Object.entries(taken).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
