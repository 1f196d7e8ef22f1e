/** How often functions of the controller were called, as V8 counts it: exactly, and without a change of the code. */
import { Session } from 'node:inspector';

/** By what it is called in the counts: where the function is, and its name. */
const COUNTED: Readonly<Record<string, readonly [file: string, name: string]>> = {
  decisions: ['/src/core/rollout/decide.ts', 'decideRollout'],
  'canary Ingress renders': ['/src/core/traffic/nginx/ingress.ts', 'canaryIngressBody'],
  'normalized templates': ['/src/kube/template-equality.ts', 'normalized'],
};

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly functionName: string; readonly ranges: readonly { count: number }[] }[];
  }[];
}

export class CallCounter implements Disposable {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  }

  /** Since the last time that they were taken. */
  take(): Readonly<Record<string, number>> {
    const { result } = this.#post('Profiler.takePreciseCoverage') as Coverage;
    const callsOf = ([file, name]: readonly [string, string]) =>
      result
        .filter(({ url }) => url.endsWith(file))
        .flatMap(({ functions }) => functions.filter(({ functionName }) => functionName === name))
        .reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0);
    return Object.fromEntries(Object.entries(COUNTED).map(([what, where]) => [what, callsOf(where)]));
  }

  [Symbol.dispose](): void {
    this.#session.disconnect();
  }

  /** A session in the same thread answers before this returns. */
  #post(method: string, params: object = {}): unknown {
    let answer: unknown;
    let failure: Error | null = null;
    this.#session.post(method, params, (error, result) => {
      failure = error;
      answer = result;
    });
    if (failure !== null) throw failure;
    return answer;
  }
}
