/** The certificate and the key of this server, read again when their files change, as cert-manager and kubelets do it. */
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { SecureContextOptions, TlsOptions } from 'node:tls';

const LOOK_EVERY_MS = 10_000;

interface TlsPaths {
  readonly cert: string;
  readonly key: string;
  /** Of the authority of proxies in front, which then show a certificate; '' for none. */
  readonly clientAuthority: string;
}

export class TlsFiles {
  readonly #paths: TlsPaths;
  readonly #watched: readonly string[];
  readonly #lookEveryMs: number;

  constructor(paths: TlsPaths, { lookEveryMs = LOOK_EVERY_MS } = {}) {
    this.#paths = paths;
    this.#lookEveryMs = lookEveryMs;
    this.#watched = [paths.cert, paths.key, paths.clientAuthority].filter((one) => one !== '');
  }

  /** As the files are now. Throws when one cannot be read. */
  context(): TlsOptions {
    const { cert, key, clientAuthority } = this.#paths;
    const own: TlsOptions = { cert: readFileSync(cert), key: readFileSync(key), minVersion: 'TLSv1.2' };
    if (clientAuthority === '') return own;
    // Whoever shows no certificate may come too, as probes do, but is not the proxy.
    return { ...own, ca: readFileSync(clientAuthority), requestCert: true, rejectUnauthorized: false };
  }

  /** Mounted files are links that change, which only looking at them shows. While a new pair does not fit, the old one stays. */
  onChange(use: (context: SecureContextOptions) => void): void {
    const change = (): void => {
      try {
        use(this.context());
      } catch {
        // One of the two is not there yet; the next change brings it.
      }
    };
    for (const path of this.#watched) watchFile(path, { interval: this.#lookEveryMs, persistent: false }, change);
  }

  close(): void {
    for (const path of this.#watched) unwatchFile(path);
  }
}
