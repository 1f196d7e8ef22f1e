/** A ReplicaSet: what it is to the Rollout, its pods, and when it is to be removed. */
import type { ReplicaSetView } from '../../../core/view/replica-set.ts';
import { roleTone } from '../../../core/view/signs.ts';
import { State } from '../parts/phase.tsx';
import { Until } from '../parts/time.tsx';
import { PodSquares, PodTable } from './pods.tsx';

export function ReplicaSet({ set }: { readonly set: ReplicaSetView }) {
  const { name, status, roles, images, desired, ready, scaleDownAt, pods } = set;
  return (
    <div class="replica-set">
      <div class="line">
        <span class="set-name">{name}</span>
        <Roles roles={roles} />
        <State state={status} />
      </div>
      <p class="note images">{images.join(', ')}</p>
      {desired === 0 && pods.length === 0 ? null : (
        <>
          <PodSquares pods={pods} desired={desired} roles={roles} />
          <p class="note">
            {ready} of {desired} ready
            {scaleDownAt === null ? null : (
              <>
                , its pods are removed <Until at={scaleDownAt} />
              </>
            )}
          </p>
          <PodTable pods={pods} />
        </>
      )}
    </div>
  );
}

function Roles({ roles }: Pick<ReplicaSetView, 'roles'>) {
  return (
    <>
      {roles.map((role) => (
        <span key={role} class="tag" data-tone={roleTone(role)}>
          {role}
        </span>
      ))}
    </>
  );
}
