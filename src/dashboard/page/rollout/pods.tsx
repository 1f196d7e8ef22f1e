/** The pods of a ReplicaSet: a square for each, and the same as a table. */
import type { PodView } from '../../../core/view/pod.ts';
import type { ReplicaSetView } from '../../../core/view/replica-set.ts';
import { signOf } from '../../../core/view/signs.ts';
import { State } from '../parts/phase.tsx';
import { Age } from '../parts/time.tsx';
import { countText } from '../words/numbers.ts';

type Pods = Pick<ReplicaSetView, 'pods' | 'desired' | 'roles'>;

export function PodSquares({ pods, desired, roles }: Pods) {
  const missing = Math.max(0, desired - pods.length);
  const isNew = roles.includes('canary') || roles.includes('preview');
  return (
    <div class="squares" data-new={isNew && !roles.includes('stable') ? '' : undefined} aria-hidden="true">
      {pods.map((pod) => (
        <i key={pod.name} data-tone={toneOf(pod)} title={`${pod.name}: ${pod.status}`} />
      ))}
      {Array.from({ length: missing }, (_, index) => (
        <i key={index} data-tone="missing" />
      ))}
    </div>
  );
}

/** A pod that runs and is not ready yet is on its way. */
function toneOf({ status, readyContainers, containers }: PodView): string {
  const { tone } = signOf(status);
  return tone === 'good' && readyContainers < containers ? 'moving' : tone;
}

export function PodTable({ pods }: Pick<Pods, 'pods'>) {
  if (pods.length === 0) return null;
  return (
    <details class="pods">
      <summary>{countText(pods.length, 'pod')}</summary>
      <div class="scrolled" tabIndex={0} role="region" aria-label="Pods">
        <table>
          <thead>
            <tr>
              <th scope="col">Pod</th>
              <th scope="col">Status</th>
              <th scope="col">Ready</th>
              <th scope="col">Restarts</th>
              <th scope="col">Age</th>
            </tr>
          </thead>
          <tbody>
            {pods.map((pod) => (
              <tr key={pod.name}>
                <th scope="row">{pod.name}</th>
                <td>
                  <State state={pod.status} />
                </td>
                <td>
                  {pod.readyContainers}/{pod.containers}
                </td>
                <td>{pod.restarts}</td>
                <td>
                  <Age at={pod.createdAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
