/** One stream of an answer: server-sent events, or lines of JSON. What its reader does not take is not kept without end. */
import type { ServerResponse } from 'node:http';

/** A page that sleeps does not read; it reconnects by itself after it was cut off. */
const UNREAD_LIMIT_BYTES = 4_000_000;

export type StreamFormat = 'events' | 'lines';

const TYPES: Readonly<Record<StreamFormat, string>> = {
  events: 'text/event-stream; charset=utf-8',
  lines: 'application/json; charset=utf-8',
};

export class Outlet {
  readonly #response: ServerResponse;
  readonly #format: StreamFormat;
  readonly #ends: (() => void)[] = [];
  #ended = false;
  /** It was behind at the last sign of life. */
  #wasBehind = false;

  /** The answer begins at once. */
  constructor(response: ServerResponse, format: StreamFormat) {
    this.#response = response;
    this.#format = format;
    // A proxy that collects what it passes on would hold events back.
    response.writeHead(200, { 'content-type': TYPES[format], 'x-accel-buffering': 'no' });
    response.flushHeaders();
    response.once('close', () => this.#onClose());
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Calls back once the reader has gone, was cut off, or the stream has ended. */
  onEnd(end: () => void): void {
    if (this.#ended) end();
    else this.#ends.push(end);
  }

  /** `json`: the data, on one line. A stream of lines has no names. */
  send(json: string, name = ''): void {
    if (this.#format === 'lines') this.#write(`${json}\n`);
    else this.#write(`${name === '' ? '' : `event: ${name}\n`}data: ${json}\n\n`);
  }

  /** Events as they are sent. */
  sendText(text: string): void {
    this.#write(text);
  }

  /** A sign of life, so that proxies do not take the stream for dead. A reader that is behind for two of them is cut off. */
  keepAlive(): void {
    const isBehind = this.#response.writableNeedDrain;
    if (isBehind && this.#wasBehind) this.#response.destroy();
    else if (this.#format === 'events') this.#write(': keep-alive\n\n');
    this.#wasBehind = isBehind;
  }

  end(): void {
    this.#response.end();
  }

  #write(text: string): void {
    if (this.#ended) return;
    if (this.#response.writableLength > UNREAD_LIMIT_BYTES) this.#response.destroy();
    else this.#response.write(text);
  }

  #onClose(): void {
    this.#ended = true;
    for (const end of this.#ends.splice(0)) end();
  }
}
