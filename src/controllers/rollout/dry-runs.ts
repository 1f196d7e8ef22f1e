/**
 * What the API server makes of a template that is in doubt: a dry run of the ReplicaSet that would be created. Each
 * doubt is asked about once.
 */
import { defaultedTemplateOf, type TemplateDoubt } from '../../core/rollout/template-doubt.ts';
import type { PodTemplate, ReplicaSet } from '../../kube/objects.ts';
import { type ApiErrorKind, isApiError } from '../../runtime/api-error.ts';
import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { LineLogger } from '../../telemetry/logger.ts';

interface DryRunsOptions {
  readonly client: Pick<Client, 'dryRunCreate'>;
  readonly clock: Clock;
}

interface Run {
  readonly logger: LineLogger;
  readonly signal: AbortSignal;
}

/** Another attempt may succeed. */
const PASSING: ReadonlySet<ApiErrorKind> = new Set(['server', 'network', 'throttled']);
const PATIENCE_MS = 60_000;
const MOST_REMEMBERED = 1000;

export class DryRuns {
  readonly #options: DryRunsOptions;
  readonly #answers = new Map<string, PodTemplate>();
  /** Since when there is no answer, on the monotonic clock. */
  readonly #unanswered = new Map<string, number>();

  constructor(options: DryRunsOptions) {
    this.#options = options;
  }

  /**
   * The template as the API server would store it; `null` when it does not say, and the template then counts as new.
   * A refused dry run usually means that the ReplicaSet is refused as well, which is reported then; only a webhook that
   * does not support dry runs may accept the ReplicaSet. A server that fails is asked again at the next look, so the
   * error is thrown; not for ever, because nothing else is done for the Rollout meanwhile.
   */
  async ask(doubt: TemplateDoubt, { logger, signal }: Run): Promise<PodTemplate | null> {
    const { key, create } = doubt;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    try {
      const answer = await this.#options.client.dryRunCreate(create.resource, create, create.body, { signal });
      const template = defaultedTemplateOf(answer as unknown as ReplicaSet, doubt);
      remember(this.#answers, key, template);
      this.#unanswered.delete(key);
      return template;
    } catch (error) {
      if (!isApiError(error) || signal.aborted || this.#mayPass(key, error.kind)) throw error;
      logger.warn({ err: error }, 'It cannot be told whether a ReplicaSet carries the template, which counts as new');
      return null;
    }
  }

  #mayPass(key: string, kind: ApiErrorKind): boolean {
    if (!PASSING.has(kind)) return false;
    const now = this.#options.clock.monotonic();
    const since = this.#unanswered.get(key) ?? now;
    remember(this.#unanswered, key, since);
    return now - since < PATIENCE_MS;
  }
}

/** The oldest entries are dropped first. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST_REMEMBERED && oldest !== undefined) map.delete(oldest);
}
