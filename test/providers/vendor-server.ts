/** A server on loopback that answers as a vendor would, or as none should, and keeps what it was asked. */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificate.ts';

export interface Asked {
  readonly method: string;
  /** Path with query, as sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers one request; the server has read its body. */
export type Answering = (response: ServerResponse, asked: Asked) => void;

export interface VendorServer {
  /** Such as `http://127.0.0.1:4711`. */
  readonly origin: string;
  /** Such as `127.0.0.1:4711`. */
  readonly host: string;
  /** Every request so far. */
  readonly asked: readonly Asked[];
  answering: Answering;
  readonly close: () => Promise<void>;
}

export async function startVendorServer(answering: Answering, certificate?: Certificate): Promise<VendorServer> {
  const asked: Asked[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers as Record<string, string>,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      asked.push(one);
      vendor.answering(response, one);
    });
  };
  const server: Server = certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const vendor: VendorServer = {
    origin: `${certificate === undefined ? 'http' : 'https'}://${host}`,
    host,
    asked,
    answering,
    close: async () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return vendor;
}

/** An answer in JSON. */
export function json(value: unknown, status = 200): Answering {
  return text(JSON.stringify(value), status, 'application/json');
}

export function text(body: string, status = 200, contentType = 'text/plain'): Answering {
  return (response) => {
    response.writeHead(status, { 'content-type': contentType });
    response.end(body);
  };
}

/** A redirect to an absolute URL or a path. */
export function redirect(location: string, status = 302): Answering {
  return (response) => {
    response.writeHead(status, { location });
    response.end();
  };
}

/** Begins an answer and closes the connection in its middle. */
export const cutOff: Answering = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"a":');
  setImmediate(() => response.destroy());
};

/** Never answers; the connection stays open. */
export const silence: Answering = () => {};

/** Answers with more than 1 MiB, without saying so first. */
export const flood: Answering = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.on('error', () => {});
  response.write(`[${'1,'.repeat(300 * 1024)}`);
  response.write('1,'.repeat(300 * 1024));
  response.end('1]');
};
