/**
 * Keeps one copy of what several people watch. Each is sent every object by the API server, in their own name; only then,
 * and only where it is the very version that another person was sent, the copy that is there already is taken for it.
 */
import type { Watched } from '../../clients/observed.ts';
import type { KubeObject } from '../../kube/objects.ts';

export class SameObjects {
  /** The version seen last of each object, for as long as anything shows it. */
  readonly #known = new Map<string, WeakRef<KubeObject>>();
  readonly #unused = new FinalizationRegistry<string>((key) => {
    if (this.#known.get(key)?.deref() === undefined) this.#known.delete(key);
  });

  get size(): number {
    return this.#known.size;
  }

  /** The same objects as `watched`, from here. All that is kept of one has to follow from its version. */
  of(watched: Watched): Watched {
    const { resource, trim = (object) => object } = watched;
    return { ...watched, trim: (object) => this.#same(`${resource.plural}/${object.metadata.uid}`, object, trim) };
  }

  #same(key: string, object: KubeObject, trim: (object: KubeObject) => KubeObject): KubeObject {
    const known = this.#known.get(key)?.deref();
    if (known !== undefined && known.metadata.resourceVersion === object.metadata.resourceVersion) return known;
    const trimmed = trim(object);
    this.#known.set(key, new WeakRef(trimmed));
    this.#unused.register(trimmed, key);
    return trimmed;
  }
}
