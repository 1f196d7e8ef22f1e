/**
 * The API server as one controller process reaches it: requests take their time, some go wrong, and some are refused.
 */
import type { JsonObject } from '../../../src/kube/json.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import type { Write } from '../../../src/kube/plan.ts';
import type { Resource } from '../../../src/kube/resources.ts';
import { ApiError, type ApiErrorKind } from '../../../src/runtime/api-error.ts';
import type {
  DeleteOptions,
  EvictOptions,
  ListOptions,
  ObjectName,
  PatchOptions,
  WatchOptions,
} from '../../../src/runtime/client-options.ts';
import type { Client } from '../../../src/runtime/client.ts';
import type { ListPage } from '../../../src/runtime/wire.ts';
import type { Agenda } from '../agenda.ts';
import { drawDelay, type Pace } from '../cluster/delays.ts';
import type { Answer, Author, Store } from '../cluster/store.ts';
import type { Random } from '../random.ts';
import type { Turns } from '../turns.ts';
import type { Fault } from './faults.ts';
import type { LaggingWatches } from './lagging-watches.ts';
import type { PlanInHand } from './plan-in-hand.ts';
import type { Refusals } from './refusals.ts';

/** How the process to which a client belongs is at the moment. */
export type ProcessState = 'leading' | 'frozen' | 'ended';

/** One write that has reached the API server. */
export interface SentWrite {
  readonly write: Write;
  readonly before: KubeObject | undefined;
  readonly answer: Answer;
  readonly author: Author;
}

interface Options {
  readonly store: Store;
  readonly agenda: Agenda;
  readonly turns: Turns;
  readonly random: Random;
  readonly pace: Pace;
  readonly watches: LaggingWatches;
  readonly drawFault: () => Fault;
  readonly refusals: Refusals;
  readonly state: () => ProcessState;
  /** `null` while no plan is carried out: then requests only ask. */
  readonly planInHand: () => PlanInHand | null;
  readonly sent: (sent: SentWrite) => void;
  readonly failed: (fault: Fault, write: Write) => void;
  readonly refused: (error: ApiError, write: Write) => void;
  /** Lets the process do something, now or once it goes on. */
  readonly deliver?: (act: () => void) => void;
  /** The process ends, or stops until `goOn` is called. */
  readonly lose: (fault: Fault, goOn: () => void) => void;
}

interface Request<Reply> {
  readonly verb: string;
  readonly attempt: string;
  readonly write: Write | null;
  readonly target: { readonly resource: Resource; readonly name: string };
  readonly act: (author: Author) => Answer;
  readonly reply: (object: KubeObject | undefined) => Reply;
  readonly promise: PromiseWithResolvers<Reply>;
}

type Served = Pick<
  Client,
  'list' | 'watch' | 'get' | 'create' | 'dryRunCreate' | 'apply' | 'patch' | 'delete' | 'evict'
>;

export class SimulatedClient implements Served {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async list(resource: Resource, options: ListOptions = {}): Promise<ListPage> {
    return this.#options.watches.list(resource, options);
  }

  /** Ends only when it is given up. */
  watch(resource: Resource, options: WatchOptions): Promise<void> {
    this.#options.watches.watch(resource, options);
    return new Promise((_resolve, reject) => {
      options.signal?.addEventListener('abort', () => reject(new Error('The watch is given up')), { once: true });
    });
  }

  /** A look at an object, or the gate of a plan. */
  get(resource: Resource, { name }: ObjectName): Promise<KubeObject> {
    const { store } = this.#options;
    const write = this.#writeOf('require', resource, name);
    return this.#send('get', write, resource, name, () => answerWith(store.get(resource.plural, name)), present);
  }

  create(resource: Resource, { name }: ObjectName, body: JsonObject): Promise<KubeObject> {
    const { store } = this.#options;
    const write = this.#writeOf('create', resource, name);
    const act = (author: Author) => store.create(resource.plural, name, body, author);
    return this.#send('create', write, resource, name, act, present);
  }

  dryRunCreate(resource: Resource, { name }: ObjectName, body: JsonObject): Promise<JsonObject> {
    const { store } = this.#options;
    const act = () => answerWith(store.born(resource.plural, name, body));
    return this.#send('create', null, resource, name, act, (object) => present(object) as unknown as JsonObject);
  }

  apply(resource: Resource, { name }: ObjectName, body: JsonObject): Promise<KubeObject> {
    const { store } = this.#options;
    const write = this.#writeOf('apply', resource, name);
    const act = (author: Author) => store.apply(resource.plural, name, body, author);
    return this.#send('patch', write, resource, name, act, present);
  }

  patch(
    resource: Resource,
    { name }: ObjectName,
    patch: JsonObject,
    { subresource }: PatchOptions = {},
  ): Promise<KubeObject> {
    const { store } = this.#options;
    const write = this.#writeOf('patch', resource, name);
    const act = (author: Author) =>
      store.patch(resource.plural, name, patch, author, subresource === undefined ? {} : { subresource });
    return this.#send('patch', write, resource, name, act, present);
  }

  delete(resource: Resource, { name }: ObjectName, { uid, resourceVersion }: DeleteOptions = {}): Promise<void> {
    const { store } = this.#options;
    const write = this.#writeOf('delete', resource, name);
    const preconditions = {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    };
    const act = (author: Author) => store.delete(resource.plural, name, author, preconditions);
    return this.#send('delete', write, resource, name, act, () => {});
  }

  evict(resource: Resource, { name }: ObjectName, { uid }: EvictOptions): Promise<void> {
    const { store } = this.#options;
    const write = this.#writeOf('evict', resource, name);
    return this.#send(
      'evict',
      write,
      resource,
      name,
      (author) => store.evict(name, author, uid),
      () => {},
    );
  }

  #writeOf(op: Write['op'], resource: Resource, name: string): Write | null {
    return this.#options.planInHand()?.writeOf(op, resource, name) ?? null;
  }

  #send<Reply>(
    verb: string,
    write: Write | null,
    resource: Resource,
    name: string,
    act: (author: Author) => Answer,
    reply: (object: KubeObject | undefined) => Reply,
  ): Promise<Reply> {
    const { agenda, random, pace } = this.#options;
    const promise = Promise.withResolvers<Reply>();
    const attempt = `${verb} ${resource.plural} ${name}`;
    const request = { verb, attempt, write, target: { resource, name }, act, reply, promise };
    agenda.after(drawDelay(random, pace), () => this.#arrive(request));
    return promise.promise;
  }

  #arrive<Reply>(request: Request<Reply>): void {
    const { write, promise, attempt } = request;
    if (write === null) {
      this.#answer(request, request.act('serin'));
      return;
    }
    const { state, drawFault, failed, lose, refusals } = this.#options;
    const fault = state() === 'leading' ? drawFault() : 'none';
    if (fault !== 'none') failed(fault, write);
    if (fault === 'crash-before' || fault === 'freeze') {
      lose(fault, () => this.#arrive(request));
      return;
    }
    if (fault === 'conflict') {
      this.#answer(request, { outcome: 'conflict' });
      return;
    }
    const kind = refusals.kindOf(write);
    if (kind !== null) {
      const error = errorOf('forbidden', attempt, `no ${kind.name}`);
      this.#options.refused(error, write);
      this.#deliver(() => {
        this.#options.planInHand()?.advance();
        promise.reject(error);
      });
      return;
    }
    const answer = this.#make(request, write);
    if (fault === 'crash-after') lose(fault, () => {});
    else if (fault === 'timeout')
      this.#deliver(() => promise.reject(errorOf('network', attempt, 'no complete answer')));
    else this.#answer(request, answer);
  }

  #make<Reply>({ act, target }: Request<Reply>, write: Write): Answer {
    const { store, state, sent } = this.#options;
    // What a process has sent before it ended was its own to write.
    const author: Author = state() === 'frozen' ? 'frozen-leader' : 'serin';
    const before = store.get(target.resource.plural, target.name);
    const answer = act(author);
    sent({ write, before, answer, author });
    return answer;
  }

  #answer<Reply>(request: Request<Reply>, answer: Answer): void {
    this.#deliver(() => this.#hear(request, answer));
  }

  #deliver(act: () => void): void {
    const { state, turns, deliver = (now: () => void) => now() } = this.#options;
    deliver(() => {
      if (state() === 'ended') return;
      turns.begin();
      act();
    });
  }

  #hear<Reply>({ promise, reply, attempt, verb, write }: Request<Reply>, answer: Answer): void {
    const isHalf = verb === 'create' && write?.op === 'apply' && answer.outcome === 'made';
    if (write !== null && answer.outcome !== 'conflict' && !isHalf) this.#options.planInHand()?.advance();
    if (answer.outcome === 'made') promise.resolve(reply(answer.object));
    else promise.reject(errorOf(KIND_OF_OUTCOME[answer.outcome], attempt, answer.outcome));
  }
}

const KIND_OF_OUTCOME = {
  conflict: 'conflict',
  exists: 'exists',
  gone: 'notFound',
  held: 'throttled',
} as const satisfies Record<Exclude<Answer['outcome'], 'made'>, ApiErrorKind>;

const STATUS_OF_KIND: Partial<Record<ApiErrorKind, number>> = {
  conflict: 409,
  exists: 409,
  notFound: 404,
  throttled: 429,
  forbidden: 403,
};

function errorOf(kind: ApiErrorKind, attempt: string, message: string): ApiError {
  return new ApiError({ kind, status: STATUS_OF_KIND[kind] ?? 0, reason: kind, attempt, message });
}

function answerWith(object: KubeObject | undefined): Answer {
  return object === undefined ? { outcome: 'gone' } : { outcome: 'made', object, changed: true };
}

function present(object: KubeObject | undefined): KubeObject {
  if (object === undefined) throw new Error('The store has answered without an object');
  return object;
}
