/**
 * The API server of the simulation as the real client reaches it: HTTP requests in, JSON out, in virtual time. Nothing
 * goes wrong here, so that two runs make the same requests.
 */
import type { JsonObject } from '../../../src/kube/json.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import type { HttpRequest, HttpResponse } from '../../../src/runtime/exchange.ts';
import type { Agenda } from '../../simulation/agenda.ts';
import type { Answer, Change, Store } from '../../simulation/cluster/store.ts';
import { askedBy, type Asked, type RequestLedger } from './requests.ts';

interface Options {
  readonly store: Store;
  readonly agenda: Agenda;
  readonly ledger: RequestLedger;
}

const ANSWER_MS = 8;
const WATCH_MS = 15;
/** As often as a real one says that nothing has happened. */
const BOOKMARK_MS = 60_000;

const STATUS_OF = { conflict: 409, exists: 409, gone: 404, held: 429 } as const;
const REASON_OF = { conflict: 'Conflict', exists: 'AlreadyExists', gone: 'NotFound', held: 'TooManyRequests' } as const;

export class SimulatedApiServer {
  readonly #options: Options;
  /** All that there were, in order. */
  readonly #changes: Change[] = [];

  constructor(options: Options) {
    this.#options = options;
    options.store.onChange((change) => this.#changes.push(change));
  }

  send(request: HttpRequest): Promise<HttpResponse> {
    const { agenda, ledger } = this.#options;
    const asked = askedBy(request);
    ledger.note(asked, Buffer.byteLength(request.body ?? ''));
    return new Promise((resolve, reject) => {
      agenda.after(ANSWER_MS, () => {
        try {
          if (asked.verb === 'watch') this.#watch(asked, request);
          else resolve(this.#answer(asked, request));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  #answer(asked: Asked, request: HttpRequest): HttpResponse {
    const isPartial = isPartialIn(request);
    if (asked.verb === 'list') return this.#answered(200, this.#list(asked, isPartial));
    const answer = this.#act(asked, JSON.parse(request.body ?? '{}') as JsonObject);
    if (answer.outcome !== 'made') {
      const code = STATUS_OF[answer.outcome];
      return this.#answered(code, { kind: 'Status', code, reason: REASON_OF[answer.outcome] });
    }
    return this.#answered(200, answer.object === undefined ? { kind: 'Status' } : shown(answer.object, isPartial));
  }

  #act({ verb, plural, name, subresource }: Asked, body: JsonObject): Answer {
    const { store } = this.#options;
    const named = name ?? (body['metadata'] as { readonly name: string }).name;
    switch (verb) {
      case 'get': {
        const object = store.get(plural, named);
        return object === undefined ? { outcome: 'gone' } : { outcome: 'made', object, changed: false };
      }
      case 'create':
        return store.create(plural, named, body, 'serin');
      case 'apply':
        return store.apply(plural, named, body, 'serin');
      case 'patch':
        return store.patch(plural, named, body, 'serin', subresource === 'status' ? { subresource } : {});
      case 'delete':
        return store.delete(plural, named, 'serin');
      default:
        throw new Error(`No release that is measured here asks to ${verb} ${plural}`);
    }
  }

  #list({ plural, query }: Asked, isPartial: boolean): unknown {
    const { store } = this.#options;
    const items = store.list(plural).filter((one) => isSelected(one, query));
    return { metadata: { resourceVersion: String(store.version) }, items: items.map((one) => shown(one, isPartial)) };
  }

  #watch(asked: Asked, request: HttpRequest): void {
    const { store, agenda, ledger } = this.#options;
    request.onOpened?.();
    const tell = (event: unknown) => {
      const chunk = Buffer.from(`${JSON.stringify(event)}\n`);
      ledger.noteNews(chunk.length);
      request.onChunk?.(chunk);
    };
    const pass = (change: Change) => {
      const event = change.plural === asked.plural ? eventOf(change, asked.query, isPartialIn(request)) : null;
      if (event !== null) agenda.after(WATCH_MS, () => tell(event));
    };
    const since = Number(asked.query.get('resourceVersion'));
    for (const change of this.#changes) if (change.version > since) pass(change);
    store.onChange(pass);
    const markLater = () =>
      agenda.after(BOOKMARK_MS, () => {
        tell({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(store.version) } } });
        markLater();
      });
    markLater();
  }

  #answered(status: number, body: unknown): HttpResponse {
    const text = JSON.stringify(body);
    this.#options.ledger.noteAnswer(Buffer.byteLength(text));
    return { status, headers: {}, body: text };
  }
}

function isPartialIn({ headers }: HttpRequest): boolean {
  return String(headers['accept']).includes('PartialObjectMetadata');
}

function shown(object: KubeObject, isPartial: boolean): Partial<KubeObject> {
  return isPartial ? { metadata: object.metadata } : object;
}

function eventOf({ before, after, version }: Change, query: URLSearchParams, isPartial: boolean) {
  const [was, is] = [before, after].map((one) => (one !== undefined && isSelected(one, query) ? one : undefined));
  if (is !== undefined) return { type: was === undefined ? 'ADDED' : 'MODIFIED', object: shown(is, isPartial) };
  if (was === undefined) return null;
  const last = { ...was, metadata: { ...was.metadata, resourceVersion: String(version) } };
  return { type: 'DELETED', object: shown(last, isPartial) };
}

/** By a key that has to be there, or, after `!`, must not be. */
function isSelected({ metadata }: KubeObject, query: URLSearchParams): boolean {
  const selector = query.get('labelSelector');
  if (selector === null) return true;
  const has = (key: string) => metadata.labels?.[key] !== undefined;
  return selector.startsWith('!') ? !has(selector.slice(1)) : has(selector);
}
