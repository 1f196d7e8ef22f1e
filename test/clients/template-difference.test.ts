/** Two pod templates, and what people are shown of their difference. */
import { expect, test } from 'vitest';
import { templateDifference, templateYaml } from '../../src/clients/template-difference.ts';
import type { PodTemplate } from '../../src/kube/objects.ts';
import { withDefaults } from '../../src/kube/template-defaults.ts';

function template(container: object, metadata: PodTemplate['metadata'] = { labels: { app: 'web' } }): PodTemplate {
  return { metadata, spec: { containers: [{ name: 'web', ...container }] } };
}

const between = (from: PodTemplate, to: PodTemplate) =>
  templateDifference({ name: 'present', template: from }, { name: 'revision 1', template: to });

test('a unified diff of what differs, with three lines around it', () => {
  expect(between(template({ image: 'web:2' }), template({ image: 'web:1' }))).toBe(
    [
      '--- present',
      '+++ revision 1',
      '@@ -3,7 +3,7 @@',
      '     app: web',
      ' spec:',
      '   containers:',
      '-    - image: web:2',
      '+    - image: web:1',
      '       imagePullPolicy: IfNotPresent',
      '       name: web',
      '       terminationMessagePath: /dev/termination-log',
      '',
    ].join('\n'),
  );
});

test.each([
  { name: 'defaults that the API server has added', to: withDefaults(template({ image: 'web:1' })) },
  {
    name: 'what the API server writes although it is empty',
    to: template({ image: 'web:1', resources: {} }, { labels: { app: 'web' }, creationTimestamp: null } as never),
  },
  { name: 'empty maps', to: template({ image: 'web:1' }, { labels: { app: 'web' }, annotations: {} }) },
  {
    name: 'the order of keys',
    to: { spec: { containers: [{ image: 'web:1', name: 'web' }] }, metadata: { labels: { app: 'web' } } },
  },
])('$name are no difference', ({ to }) => {
  expect(between(template({ image: 'web:1' }), to)).toBe('');
});

test('text of several lines is shown by line, and long lines are not broken', () => {
  const script = `line one\n${'long '.repeat(60)}end\n`;
  expect(templateYaml(template({ args: [script] }))).toContain(
    `        - |\n          line one\n          ${'long '.repeat(60)}end\n`,
  );
});
