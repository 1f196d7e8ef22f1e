/** What a release will do, before it does it. */
import {
  endingText,
  imagesText,
  LEGEND,
  paceText,
  peakText,
  planTable,
  titleText,
  trialText,
  writtenObjects,
} from '../../../planning/plan-words.ts';
import type { ReleasePlan } from '../../../planning/release.ts';
import { Arrowed } from '../parts/arrowed.tsx';
import { Panel } from '../parts/panel.tsx';
import { sentenceOf } from '../words/sentence.ts';

export function PlanResult({ plan }: { readonly plan: ReleasePlan }) {
  const isPossible = plan.ending !== 'invalid';
  return (
    <>
      <Panel title="The release" kind="outcome">
        <p class="sentence">{sentenceOf(titleText(plan))}</p>
        <dl class="conditions">
          {imagesText(plan) === '' ? null : (
            <div>
              <dt>Images</dt>
              <dd>
                <Arrowed text={imagesText(plan)} />
              </dd>
            </div>
          )}
          <div data-ending={plan.ending}>
            <dt>Ends</dt>
            <dd>{sentenceOf(endingText(plan))}</dd>
          </div>
          {isPossible ? (
            <div>
              <dt>At most</dt>
              <dd>{peakText(plan)}, at once</dd>
            </div>
          ) : null}
        </dl>
      </Panel>
      <Texts title="Hazards" texts={plan.hazards} kind="hazards" />
      {isPossible ? <Stages plan={plan} /> : null}
      <Writes plan={plan} />
      <Texts title="Analyses and experiments, if every measurement is successful" texts={plan.trials.map(trialText)} />
      <Texts title="Notes" texts={plan.notes} />
    </>
  );
}

function Stages({ plan }: { readonly plan: ReleasePlan }) {
  const { head, rows } = planTable(plan);
  return (
    <Panel title="Step by step">
      <div class="scrolled" tabIndex={0} role="region" aria-label="Steps of the plan">
        <table class="plan">
          <thead>
            <tr>
              {head.map((column) => (
                <th key={column} scope="col">
                  {column.toLowerCase()}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([step = '', ...cells], index) => (
              <tr key={index}>
                <th scope="row">{step}</th>
                {cells.map((cell, column) => (
                  <td key={column}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">
        {paceText(plan)}
        {plan.stages.some(({ persons }) => persons > 0) ? ` ${LEGEND}` : ''}
      </p>
    </Panel>
  );
}

function Writes({ plan }: { readonly plan: ReleasePlan }) {
  const objects = writtenObjects(plan);
  if (objects.length === 0) return null;
  return (
    <Panel title="Writes on Services, Ingresses and Deployments">
      <dl class="conditions">
        {objects.map(({ object, changes }) => (
          <div key={object}>
            <dt>{object}</dt>
            {changes.map((change) => (
              <dd key={change}>
                <Arrowed text={change} />
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </Panel>
  );
}

interface TextsProps {
  readonly title: string;
  readonly texts: readonly string[];
  readonly kind?: string;
}

function Texts({ title, texts, kind }: TextsProps) {
  if (texts.length === 0) return null;
  return (
    <Panel title={title} {...(kind === undefined ? {} : { kind })}>
      <ul class="texts">
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Panel>
  );
}
