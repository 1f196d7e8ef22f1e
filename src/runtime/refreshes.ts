/** Those who wait for an informer to list its objects anew. */
export class Refreshes {
  #waiting: PromiseWithResolvers<boolean>[] = [];
  #wanted = new AbortController();

  get areWanted(): boolean {
    return this.#waiting.length > 0;
  }

  /** Aborted when another list is wanted, until one is begun. */
  get signal(): AbortSignal {
    return this.#wanted.signal;
  }

  /** Resolves with true once a list has succeeded that began after the call, or as `end` says. */
  want(): Promise<boolean> {
    const refresh = Promise.withResolvers<boolean>();
    this.#waiting.push(refresh);
    this.#wanted.abort(new Error('The objects are listed anew'));
    return refresh.promise;
  }

  /** Makes a list for all that wait for one. Those that want one meanwhile get another one. */
  async serve(list: () => Promise<void>): Promise<void> {
    const served = this.#waiting;
    this.#waiting = [];
    this.#wanted = new AbortController();
    try {
      await list();
    } catch (error) {
      this.#waiting.push(...served);
      throw error;
    }
    for (const { resolve } of served) resolve(true);
  }

  /** None waits any longer. */
  end(isRefreshed: boolean): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve(isRefreshed);
  }
}
