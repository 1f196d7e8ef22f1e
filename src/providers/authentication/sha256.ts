/** SHA-256 of Node, in the form in which the signer of AWS takes it. */
import { type Hash, type Hmac, createHash, createHmac } from 'node:crypto';

type Bytes = string | ArrayBuffer | ArrayBufferView;

/** With a secret it computes an HMAC. The signer calls it with `new`. */
export const sha256Of = class {
  readonly #secret: Bytes | undefined;
  #state: Hash | Hmac;

  constructor(secret?: Bytes) {
    this.#secret = secret;
    this.#state = started(secret);
  }

  update(chunk: Bytes): void {
    this.#state.update(bytesOf(chunk));
  }

  async digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#state.digest());
  }

  reset(): void {
    this.#state = started(this.#secret);
  }
};

function started(secret: Bytes | undefined): Hash | Hmac {
  return secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
}

function bytesOf(data: Bytes): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
