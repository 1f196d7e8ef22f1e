/** The share of the requests that the present template is to get and gets, and what leads requests to it. */
import type { ShownRoute } from '../../../core/traffic/router.ts';
import type { ServiceSelection } from '../../../core/view/services.ts';
import type { RolloutView } from '../../../core/view/view.ts';
import { Panel } from '../parts/panel.tsx';
import { percentText } from '../words/numbers.ts';

export function Traffic({ view }: { readonly view: RolloutView }) {
  const { share, services, routes, weight, progress } = view;
  if (share === null && services.length === 0) return null;
  return (
    <Panel
      title="Traffic"
      {...(share === null ? {} : { note: weight === null ? 'by the number of pods' : 'by weight' })}
    >
      {share === null ? null : (
        <dl class="shares" data-progress={progress}>
          <Share name="Asked" low={share.asked} high={share.asked} total={share.observed.total} />
          <Share
            name="Observed"
            low={share.observed.lowest}
            high={share.observed.highest}
            total={share.observed.total}
          />
        </dl>
      )}
      {services.length === 0 && routes.length === 0 ? null : (
        <ul class="selections">
          {services.map((one) => (
            <Selection key={one.name} {...one} />
          ))}
          {routes.map((one) => (
            <Route key={`route ${one.name}`} {...one} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

interface ShareProps {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly total: number;
}

function Share({ name, low, high, total }: ShareProps) {
  const text = low === high ? percentText(low, total) : `${percentText(low, total)} to ${percentText(high, total)}`;
  return (
    <div class="share">
      <dt>{name} for the new revision</dt>
      <dd>
        <span class="figure">{text}</span>
        <span class="bar" aria-hidden="true">
          <i style={{ flexGrow: low }} />
          <i class="disputed" style={{ flexGrow: high - low }} />
          <i class="rest" style={{ flexGrow: total - high }} />
        </span>
      </dd>
    </div>
  );
}

function Selection({ name, role, selects }: ServiceSelection) {
  return (
    <li>
      <span>
        Service <strong>{name}</strong> <span class="tag">{role}</span>
      </span>
      <span class="note">{selects === 'missing' ? 'is missing' : `selects ${selects}`}</span>
    </li>
  );
}

function Route({ name, says }: ShownRoute) {
  return (
    <li>
      <span>
        Route <strong>{name}</strong>
      </span>
      <span class="note">
        {Object.entries(says)
          .map(([key, value]) => `${key}: ${value}`)
          .join(', ')}
      </span>
    </li>
  );
}
